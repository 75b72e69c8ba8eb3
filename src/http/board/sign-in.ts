import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication } from '../auth/authentication.ts';
import { SIGN_IN_SECONDS, type SignIns } from '../auth/sign-ins.ts';
import { fail } from '../errors.ts';
import type { CountUser } from '../limits.ts';
import { parseText } from '../request-form.ts';
import { logWith } from '../request-log.ts';
import { signInPage, signOutPage } from './pages.ts';

const FORM_BYTES = 16 * 1024;

/** How a person gets in and out: a browser sends no Authorization header when somebody follows a link. */
export const signInRoutes: FastifyPluginAsync<{
  readonly recogniseToken: Authentication['token'];
  readonly signIns: SignIns;
  readonly countUser: CountUser;
}> = async (app, { recogniseToken, signIns, countUser }) => {
  app.addHook('onRequest', async (request, reply) =>
    changesNothing(request) || isSameOrigin(request) ? undefined : reply.send(fail(reply, 'forbidden')),
  );
  app.addContentTypeParser<Buffer>(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer', bodyLimit: FORM_BYTES },
    (request, body, done) => parseText(request, body, (text) => done(null, new URLSearchParams(text)), done),
  );

  app.get('/sign-in', async (_request, reply) => html(reply, signInPage(null)));

  app.post('/sign-in', async (request, reply) => {
    const token = tokenOf(request.body);
    const caller = token === '' ? 'unknown' : await recogniseToken(request, token);
    if (typeof caller === 'string')
      return html(reply.code(401), signInPage('This token is not valid, or it has expired.'));
    logWith(request, { user_id: caller.userId });
    if (!caller.isAdmin)
      return html(reply.code(403), signInPage('This token does not belong to an administrator.'));
    request.user = caller;
    const seconds = await countUser(request);
    if (seconds !== null)
      return html(
        reply.code(429).header('retry-after', seconds),
        signInPage(`Too many attempts. Try again in ${seconds} s.`),
      );
    const id = await signIns.open(caller.userId);
    reply.setCookie(COOKIE, id, { ...scopeOf(request), maxAge: SIGN_IN_SECONDS });
    return reply.redirect('/admin/queues/', 303);
  });

  app.get('/sign-out', async (_request, reply) => html(reply, signOutPage));

  app.post('/sign-out', async (request, reply) => {
    const id = signInIdOf(request);
    if (id !== undefined) await signIns.end(id);
    reply.clearCookie(COOKIE, scopeOf(request));
    return reply.redirect('/admin/queues/sign-in', 303);
  });
};

const html = (reply: FastifyReply, page: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(page);

const tokenOf = (body: unknown): string =>
  body instanceof URLSearchParams ? (body.get('token')?.trim() ?? '') : '';

/** Holds the id of a sign-in, out of the reach of scripts, and is sent to nothing but the pages for administrators. */
const COOKIE = 'console';

/** By which sign-in a browser comes. */
export const signInIdOf = ({ cookies }: FastifyRequest): string | undefined => cookies[COOKIE];

const scopeOf = ({ protocol }: FastifyRequest) =>
  ({
    path: '/admin',
    httpOnly: true,
    sameSite: 'strict',
    secure: protocol === 'https',
  }) as const;

/**
 * Whether a request that changes something was sent by one of our own pages. Browsers say so themselves
 * (Sec-Fetch-Site); older ones, and all of them on plain http, name at least the page's origin.
 */
export function isSameOrigin({ headers, host }: Pick<FastifyRequest, 'headers' | 'host'>): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

export const changesNothing = ({ method }: Pick<FastifyRequest, 'method'>): boolean =>
  method === 'GET' || method === 'HEAD';
