import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { StoreUnavailable, TooSlow } from '../sessions/store.ts';
import { KeysUnavailable } from './auth/key-set.ts';
import type { FieldError } from './envelope.ts';
import { fail, FAILURE_ANSWERS, failureOf } from './errors.ts';
import { answerTooLarge, FlawedRequest } from './request-form.ts';
import { subjectOf } from './request-log.ts';

const TOO_SLOW = 'This takes the database too long: ask for a shorter period, or for less at once';

/**
 * Every error becomes an answer here. An unexpected one is a 500: it is logged whole, and the answer shows nothing of it.
 * Must not throw: the framework would then answer by itself, and show the message.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof StoreUnavailable || error instanceof KeysUnavailable) {
    request.log.warn({ ...subjectOf(request), err: error }, 'Not available right now');
    reply.send(fail(reply, 'unavailable', error instanceof TooSlow ? { message: TOO_SLOW } : {}));
    return;
  }
  if (error instanceof FlawedRequest) {
    reply.send(fail(reply, error.code));
    return;
  }
  if (isFastifyError(error) && answerKnown(error, request, reply)) return;
  request.log.error({ ...subjectOf(request), err: error }, 'Unhandled error');
  reply.send(fail(reply, 'internal_error', { data: { request_id: request.id } }));
}

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && ('code' in error || 'statusCode' in error);

function answerKnown(error: FastifyError, request: FastifyRequest, reply: FastifyReply): boolean {
  if (error.validation !== undefined) {
    const errors = fieldErrorsOf(error.validation, error.validationContext);
    reply.send(fail(reply, 'validation_failed', { errors }));
    return true;
  }
  switch (error.code) {
    case 'FST_ERR_HANDLER_TIMEOUT':
      answerLate(request, reply);
      return true;
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      answerTooLarge(request, reply);
      return true;
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      reply.send(fail(reply, 'unsupported_media_type'));
      return true;
    default:
      return answerByStatus(error, reply);
  }
}

/** Either the body did not arrive in time, or our answer took too long. */
function answerLate(request: FastifyRequest, reply: FastifyReply): void {
  if ('complete' in request.raw && !request.raw.complete) {
    reply.header('connection', 'close').send(fail(reply, 'request_timeout'));
    return;
  }
  request.log.warn(subjectOf(request), 'The answer took too long; what was begun may still be finished');
  reply.send(fail(reply, 'unavailable'));
}

/** A body that cannot be read comes with 400; a path that leads out of a folder of files with 403 or 404. */
function answerByStatus(error: FastifyError, reply: FastifyReply): boolean {
  const { statusCode } = error;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return false;
  const errors = [{ field: 'body', message: 'must be JSON, complete and well-formed' }];
  reply.send(statusCode === 400 ? fail(reply, 'validation_failed', { errors }) : fail(reply, 'not_found'));
  return true;
}

/** So that a long wrong request has a short answer. */
const MAX_ERRORS = 20;

/** What is wrong with a request, once per field, in the words of the field's schema. */
function fieldErrorsOf(
  errors: readonly FastifySchemaValidationError[],
  part: string | undefined,
): FieldError[] {
  const byField = new Map<string, string>();
  for (const error of errors) {
    const { field, message } = fieldErrorOf(error, part ?? 'request');
    // A field that breaks several keywords at once is described by the same sentence each time.
    if (!byField.has(field)) byField.set(field, message);
    if (byField.size === MAX_ERRORS) break;
  }
  return Array.from(byField, ([field, message]) => ({ field, message }));
}

function fieldErrorOf(error: FastifySchemaValidationError, part: string): FieldError {
  const { keyword, instancePath, params } = error;
  const path = instancePath.split('/').slice(1);
  const field = (...names: unknown[]): string => [...path, ...names].join('.') || part;
  switch (keyword) {
    case 'required':
      return { field: field(params['missingProperty']), message: 'is required' };
    case 'additionalProperties':
      return { field: field(params['additionalProperty']).slice(0, 100), message: 'is not known here' };
    default:
      return { field: field(), message: mustBe(error) };
  }
}

function mustBe(error: FastifySchemaValidationError): string {
  const schema: unknown = 'parentSchema' in error ? error.parentSchema : undefined;
  const described =
    typeof schema === 'object' && schema !== null && 'description' in schema ? schema.description : null;
  return typeof described === 'string' ? `must be ${described}` : (error.message ?? 'is not valid');
}

/** Answers what is not HTTP, or arrived too slowly: there is no request and no reply yet, only a connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'malformed_request';
  const body = JSON.stringify(failureOf(code));
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : FAILURE_ANSWERS[code].status;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
