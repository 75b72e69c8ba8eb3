import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.ts';

const NAME = 'queue_board';
/** Whoever leaves the browser open is signed out after that, however long the token lives. */
const MAX_AGE_SECONDS = 8 * 3600;
/** What browsers keep at most of name, value and attributes. */
export const MAX_TOKEN_LENGTH = 3800;

/** The token itself, out of the reach of scripts, and sent to nothing but the board. */
export function signIn(request: FastifyRequest, reply: FastifyReply, token: string, caller: Caller): void {
  const secondsLeft = Math.floor((caller.tokenExpiresAtMs - Date.now()) / 1000);
  reply.setCookie(NAME, token, {
    ...scopeOf(request),
    maxAge: Math.max(0, Math.min(MAX_AGE_SECONDS, secondsLeft)),
  });
}

export function signOut(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(NAME, scopeOf(request));
}

export const cookieOf = (request: FastifyRequest): string | undefined => request.cookies[NAME];

const scopeOf = ({ protocol }: FastifyRequest) =>
  ({
    path: '/admin/queues',
    httpOnly: true,
    sameSite: 'strict',
    secure: protocol === 'https',
  }) as const;
