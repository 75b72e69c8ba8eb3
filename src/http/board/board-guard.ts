import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication } from '../auth/authentication.ts';
import type { Caller } from '../auth/caller.ts';
import { fail } from '../errors.ts';
import type { Guard } from '../guards.ts';
import type { RateLimits } from '../limits.ts';
import { changesNothing, isSameOrigin } from './same-origin.ts';
import { cookieOf } from './sign-in-cookie.ts';

/**
 * Lets administrators through to the board, its data and its files, and nobody else. A browser comes with the
 * cookie; what it changes has to come from the board's own pages. A program comes with a bearer token.
 */
export function boardGuard(authentication: Authentication, limits: RateLimits): Guard {
  return async (request, reply) => {
    const token = cookieOf(request);
    const isBrowser = request.headers.authorization === undefined && token !== undefined;
    const caller = isBrowser
      ? await authentication.holderOf(token, request)
      : await authentication.bearer(request);
    if (caller === null) return turnAway(request, reply, limits);
    if (!caller.isAdmin) return reply.send(fail(reply, 'forbidden'));
    if (isBrowser && !changesNothing(request) && !isSameOrigin(request))
      return reply.send(fail(reply, 'forbidden'));
    return admit(caller, request, reply, limits);
  };
}

async function turnAway(
  request: FastifyRequest,
  reply: FastifyReply,
  { ofAddress }: Pick<RateLimits, 'ofAddress'>,
): Promise<FastifyReply> {
  const seconds = await ofAddress(request);
  if (seconds !== null) return reply.send(fail(reply, 'rate_limited', { retryAfterSeconds: seconds }));
  if (isNavigation(request)) return reply.redirect('/admin/queues/sign-in', 303);
  return reply.send(fail(reply, 'unauthenticated'));
}

async function admit(
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
  { ofUser }: Pick<RateLimits, 'ofUser'>,
): Promise<unknown> {
  request.user = caller;
  const seconds = await ofUser(request);
  return seconds === null
    ? undefined
    : reply.send(fail(reply, 'rate_limited', { retryAfterSeconds: seconds }));
}

const isNavigation = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && (headers.accept ?? '').includes('text/html');
