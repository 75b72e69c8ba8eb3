import type { FastifyReply, FastifyRequest } from 'fastify';
import { SIGN_IN_SECONDS } from './sign-ins.ts';

/** Holds the id of a sign-in, out of the reach of scripts. */
const COOKIE = 'console';

/** The console's pages and the routes that they call; nothing else is ever sent it. One cookie a path: none can have two. */
const PATHS = ['/admin', '/api/admin'];

/** By which sign-in a browser comes. */
export const signInIdOf = ({ cookies }: FastifyRequest): string | undefined => cookies[COOKIE];

export function setConsoleCookies(request: FastifyRequest, reply: FastifyReply, id: string): void {
  for (const path of PATHS)
    reply.setCookie(COOKIE, id, { ...scopeOf(request), path, maxAge: SIGN_IN_SECONDS });
}

export function clearConsoleCookies(request: FastifyRequest, reply: FastifyReply): void {
  for (const path of PATHS) reply.clearCookie(COOKIE, { ...scopeOf(request), path });
}

const scopeOf = ({ protocol }: FastifyRequest) =>
  ({ httpOnly: true, sameSite: 'strict', secure: protocol === 'https' }) as const;
