import type { FastifyReply, FastifyRequest } from 'fastify';
import { appointmentId } from '../billing/ids.ts';
import type { Authentication } from './auth/authentication.ts';
import { callerOf } from './auth/caller.ts';
import { fail } from './errors.ts';
import type { RateLimits } from './limits.ts';
import { logWith } from './request-log.ts';

/** A hook that lets a request through, or sends the answer itself. */
export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Lets a request with a valid token through, up to its user's limit. Requests without one are counted by address,
 * apart from those with one: a clinic has one address for all, and a flood from it must not lock out its users.
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

/** A preHandler: the lines of the request tell who sent it, and for which appointment. */
export const logCaller = async (request: FastifyRequest): Promise<void> => {
  logWith(request, { user_id: callerOf(request).userId, ...appointmentOf(request) });
};

/** The schemas have been checked: where a request names an appointment, it is an id. */
function appointmentOf({ params, body }: FastifyRequest) {
  const { appointment_id: id }: { appointment_id?: unknown } = Object.assign({}, body, params);
  return id === undefined ? {} : { appointment_id: appointmentId(Number(id)) };
}

/** For what everybody may see, within the limit of their address. */
export function rateLimitByAddress(ofAddress: RateLimits['ofAddress']): Guard {
  return async (request, reply) => {
    const seconds = await ofAddress(request);
    return seconds === null ? undefined : reply.send(fail(reply, 'rate_limited', retryAfter(seconds)));
  };
}

const retryAfter = (retryAfterSeconds: number) => ({ retryAfterSeconds });
