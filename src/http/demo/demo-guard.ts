import type { FastifyRequest } from 'fastify';
import { changesNothing, isSameOrigin } from '../auth/same-origin.ts';
import { fail } from '../errors.ts';
import type { Guard } from '../guards.ts';

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
/** What proxies add. Behind one, everybody comes from this machine. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Whether it was sent on this machine, to this machine. A name that a foreign page has made lead here (DNS rebinding)
 * stands in `Host`, so it is refused.
 */
const isLocal = ({ headers, socket }: Pick<FastifyRequest, 'headers' | 'socket'>): boolean =>
  LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '') &&
  LOOPBACK_HOST.test(headers.host ?? '') &&
  PROXY_HEADERS.every((name) => headers[name] === undefined);

/** For everybody else there is no demo. What changes something has to come from the demo's own page. */
export const demoGuard: Guard = async (request, reply) => {
  if (!isLocal(request)) return reply.send(fail(reply, 'not_found'));
  return changesNothing(request) || isSameOrigin(request) ? undefined : reply.send(fail(reply, 'forbidden'));
};
