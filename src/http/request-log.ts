import type { FastifyRequest } from 'fastify';
import type { AppointmentId, SessionId, UserId } from '../billing/ids.ts';
import { pathOf } from '../ops/log.ts';

/** What a request is about, under the names that the answers use. */
type Subject = {
  readonly appointment_id?: AppointmentId;
  readonly session_id?: SessionId;
  readonly user_id?: UserId;
};

/** Beside the requests, not as loggers of their own: those would cost more than the rest of the log. */
const subjects = new WeakMap<FastifyRequest, Subject>();

/** What the lines of a request say from now on, besides its id. */
export function logWith(request: FastifyRequest, subject: Subject): void {
  const known = subjects.get(request);
  subjects.set(request, known === undefined ? subject : { ...known, ...subject });
}

export const subjectOf = (request: FastifyRequest): Subject => subjects.get(request) ?? {};

/** The one line of every request. */
export function logAnswered(request: FastifyRequest, statusCode: number, durationMs: number): void {
  const { method, routeOptions } = request;
  const route = routeOptions.url === undefined ? { path: pathOf(request.url) } : { route: routeOptions.url };
  const duration_ms = Math.round(durationMs * 10) / 10;
  request.log.info(
    { ...subjectOf(request), method, ...route, status_code: statusCode, duration_ms },
    'answered',
  );
}
