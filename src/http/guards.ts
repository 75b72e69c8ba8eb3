import type { FastifyReply, FastifyRequest } from 'fastify';
import { appointmentId } from '../billing/ids.ts';
import type { Recognise } from './auth/authentication.ts';
import { type Caller, callerOf } from './auth/caller.ts';
import { signInIdOf } from './auth/console-cookie.ts';
import { changesNothing, isSameOrigin } from './auth/same-origin.ts';
import type { SignIns } from './auth/sign-ins.ts';
import { fail } from './errors.ts';
import type { CountUser } from './limits.ts';
import { logWith } from './request-log.ts';

/** A hook that lets a request through, or sends the answer itself. */
export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Who sent a request of the console or for administrators: a program by its token, a person's browser by its cookie. Where
 * both come the token counts, also one that is not good.
 */
export const byTokenOrCookie =
  (bearer: Recognise, findSignIn: SignIns['find']): Recognise =>
  async (request) => {
    const id = request.headers.authorization === undefined ? signInIdOf(request) : undefined;
    return id === undefined ? bearer(request) : findSignIn(id);
  };

/**
 * Lets a request through whose sender is known, up to its user's limit. All others are 401, however many come from one
 * address: a clinic has one address for all, and an app whose token has expired must learn that, to get a new one. It
 * costs no more than to answer 429.
 */
export function signedInOnly(recognise: Recognise, countUser: CountUser): Guard {
  return async (request, reply) => {
    const caller = await recognise(request);
    if (caller === null) return reply.send(fail(reply, 'unauthenticated'));
    if (isForged(caller, request)) return reply.send(fail(reply, 'forbidden'));
    if (caller.cameBy === 'token' || request.routeOptions.config.isPolledByPages !== true)
      return admit(caller, request, reply, countUser);
    request.user = caller;
    return undefined;
  };
}

/** A browser adds its cookie by itself: what changes something has to come from a page of ours as well. */
export const isForged = ({ cameBy }: Pick<Caller, 'cameBy'>, request: FastifyRequest): boolean =>
  cameBy === 'sign_in' && !changesNothing(request) && !isSameOrigin(request);

/** Lets the caller through, up to the limit of this user. */
export async function admit(
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
  countUser: CountUser,
): Promise<unknown> {
  request.user = caller;
  const seconds = await countUser(request);
  return seconds === null
    ? undefined
    : reply.send(fail(reply, 'rate_limited', { retryAfterSeconds: seconds }));
}

/** For people whom the guard before this one let through. */
export const adminsOnly: Guard = async (request, reply) =>
  callerOf(request).isAdmin ? undefined : reply.send(fail(reply, 'forbidden'));

/** A preHandler: the lines of the request say who sent it, and for which appointment. */
export const logCaller = async (request: FastifyRequest): Promise<void> => {
  logWith(request, { user_id: callerOf(request).userId, ...appointmentOf(request) });
};

/** The schemas have been checked: where a request names an appointment, it is an id. */
function appointmentOf({ params, body }: FastifyRequest) {
  const { appointment_id: id }: { appointment_id?: unknown } = Object.assign({}, body, params);
  return id === undefined ? {} : { appointment_id: appointmentId(Number(id)) };
}
