import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Authentication } from '../auth/authentication.ts';
import { fail } from '../errors.ts';
import type { Guard } from '../guards.ts';
import { signInPage, signOutPage } from './pages.ts';
import { changesNothing, isSameOrigin } from './same-origin.ts';
import { MAX_TOKEN_LENGTH, signIn, signOut } from './sign-in-cookie.ts';

const FORM_BYTES = 16 * 1024;

/** How a person gets in and out: a browser sends no Authorization header when somebody follows a link. */
export async function signInRoutes(
  app: FastifyInstance,
  { holderOf, guard }: { readonly holderOf: Authentication['holderOf']; readonly guard: Guard },
): Promise<void> {
  app.addHook('onRequest', guard);
  app.addHook('onRequest', async (request, reply) =>
    changesNothing(request) || isSameOrigin(request) ? undefined : reply.send(fail(reply, 'forbidden')),
  );
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES },
    (_request, body, done) => done(null, new URLSearchParams(body.toString())),
  );

  app.get('/sign-in', async (_request, reply) => html(reply, signInPage(null)));

  app.post('/sign-in', async (request, reply) => {
    const token = tokenOf(request.body);
    const caller = token === null ? null : await holderOf(token, request);
    if (token === null || caller === null)
      return html(reply.code(401), signInPage('This token is not valid, or no more.'));
    if (!caller.isAdmin) return html(reply.code(403), signInPage('This token is not of an administrator.'));
    signIn(request, reply, token, caller);
    return reply.redirect('/admin/queues/', 303);
  });

  app.get('/sign-out', async (_request, reply) => html(reply, signOutPage));

  app.post('/sign-out', async (request, reply) => {
    signOut(request, reply);
    return reply.redirect('/admin/queues/sign-in', 303);
  });
}

const html = (reply: FastifyReply, page: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(page);

function tokenOf(body: unknown): string | null {
  const token = body instanceof URLSearchParams ? (body.get('token')?.trim() ?? '') : '';
  return token === '' || token.length > MAX_TOKEN_LENGTH ? null : token;
}
