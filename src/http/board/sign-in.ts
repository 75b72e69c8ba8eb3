import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication } from '../auth/authentication.ts';
import type { Caller } from '../auth/caller.ts';
import { fail } from '../errors.ts';
import { parseText } from '../request-form.ts';
import { signInPage, signOutPage } from './pages.ts';

const FORM_BYTES = 16 * 1024;

/** How a person gets in and out: a browser sends no Authorization header when somebody follows a link. */
export const signInRoutes: FastifyPluginAsync<{
  readonly browser: Authentication['browser'];
}> = async (app, { browser }) => {
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
    const caller = token === null ? null : await browser(request);
    if (token === null || caller === null)
      return html(reply.code(401), signInPage('This token is not valid, or it has expired.'));
    if (!caller.isAdmin)
      return html(reply.code(403), signInPage('This token does not belong to an administrator.'));
    signIn(request, reply, token, caller);
    return reply.redirect('/admin/queues/', 303);
  });

  app.get('/sign-out', async (_request, reply) => html(reply, signOutPage));

  app.post('/sign-out', async (request, reply) => {
    signOut(request, reply);
    return reply.redirect('/admin/queues/sign-in', 303);
  });
};

const html = (reply: FastifyReply, page: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(page);

function tokenOf(body: unknown): string | null {
  const token = body instanceof URLSearchParams ? (body.get('token')?.trim() ?? '') : '';
  return token === '' || token.length > MAX_TOKEN_LENGTH ? null : token;
}

const COOKIE = 'queue_board';
/** A browser that was left open is signed out after this time, however long the token lives. */
const MAX_AGE_SECONDS = 8 * 3600;
/** The most that browsers keep of name, value and attributes. */
const MAX_TOKEN_LENGTH = 3800;

/** The token itself, out of the reach of scripts, and sent to nothing but the board. */
function signIn(request: FastifyRequest, reply: FastifyReply, token: string, caller: Caller): void {
  const secondsLeft = Math.floor((caller.tokenExpiresAtMs - Date.now()) / 1000);
  reply.setCookie(COOKIE, token, {
    ...scopeOf(request),
    maxAge: Math.max(0, Math.min(MAX_AGE_SECONDS, secondsLeft)),
  });
}

function signOut(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(COOKIE, scopeOf(request));
}

/** What a browser shows: the token in the form, or later the cookie. */
export const browserTokenOf = (request: FastifyRequest): string | undefined =>
  tokenOf(request.body) ?? request.cookies[COOKIE];

const scopeOf = ({ protocol }: FastifyRequest) =>
  ({
    path: '/admin/queues',
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
