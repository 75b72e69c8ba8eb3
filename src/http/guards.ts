import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Authentication } from './auth/authentication.ts';
import { callerOf } from './auth/caller.ts';
import { fail } from './errors.ts';
import type { RateLimits } from './limits.ts';

/** An onRequest hook: it sends the answer itself where it lets nobody through. */
export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Lets through who shows a valid token, as often as a user may come. Who shows none is counted by address. A
 * flood from one address can therefore not lock out the users behind it: a clinic has one address for all.
 */
export function signedInOnly(bearer: Authentication['bearer'], limits: RateLimits): Guard {
  return async (request, reply) => {
    const caller = await bearer(request);
    if (caller === null) {
      const seconds = await limits.ofAddress(request);
      return reply.send(
        seconds === null ? fail(reply, 'unauthenticated') : fail(reply, 'rate_limited', retryAfter(seconds)),
      );
    }
    request.user = caller;
    const seconds = await limits.ofUser(request);
    return seconds === null ? undefined : reply.send(fail(reply, 'rate_limited', retryAfter(seconds)));
  };
}

/** For people whom the guard before this one let through. */
export const adminsOnly: Guard = async (request, reply) =>
  callerOf(request).isAdmin ? undefined : reply.send(fail(reply, 'forbidden'));

/** For what everybody may see. */
export function inModeration(ofAddress: RateLimits['ofAddress']): Guard {
  return async (request, reply) => {
    const seconds = await ofAddress(request);
    return seconds === null ? undefined : reply.send(fail(reply, 'rate_limited', retryAfter(seconds)));
  };
}

const retryAfter = (retryAfterSeconds: number) => ({ retryAfterSeconds });
