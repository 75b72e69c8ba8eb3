import type { FastifyRequest } from 'fastify';
import type { AppointmentId, SessionId, UserId } from '../billing/ids.ts';

const MAX_CAUSES = 3;
const MAX_TEXT_LENGTH = 4000;

/** As a type, not an interface: the logger wants a record. */
type ErrorJson = {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
  readonly cause?: ErrorJson;
};

/**
 * An error without its other fields. Databases hang the row that they refused on an error, and a row may be
 * a message; the name of the broken constraint is in the error's own message.
 */
function errorJson(error: unknown, depth = 0): ErrorJson {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'what was thrown is no error', stack: '' };
  const { cause } = error;
  return {
    type: error.name,
    message: cut(error.message),
    stack: cut(error.stack),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(cause instanceof Error && depth < MAX_CAUSES ? { cause: errorJson(cause, depth + 1) } : {}),
  };
}

const cut = (text = ''): string => text.slice(0, MAX_TEXT_LENGTH);

const requestJson = (request: { method?: string; url?: string }) => ({
  method: request.method ?? '',
  path: pathOf(request.url),
});

const answerJson = (reply: { statusCode?: number }) => ({ statusCode: reply.statusCode ?? 0 });

const MAX_PATH_LENGTH = 200;

/** Without the query: people put tokens there. */
const pathOf = (url = ''): string => (url.split('?', 1)[0] ?? '').slice(0, MAX_PATH_LENGTH);

/**
 * How every line is written: no token, no cookie, no body and no text of a message is ever in it. Nothing logs
 * headers or bodies; should a library do so one day, the serializers and the redaction leave nothing of them.
 */
export const logFormat = {
  redact: {
    paths: ['authorization', 'cookie', 'token', 'text', 'body', 'headers', 'req.headers', 'res.headers'],
    remove: true,
  },
  serializers: { err: errorJson, req: requestJson, res: answerJson },
};

/** What a request is about, under the names that the answers use. */
type Subject = {
  readonly appointment_id?: AppointmentId;
  readonly session_id?: SessionId;
  readonly user_id?: UserId;
};

/** Beside the requests, not as loggers of their own: those would cost more than the rest of the log. */
const subjects = new WeakMap<FastifyRequest, Subject>();

/** What the lines of a request tell from now on, beside its id. */
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
