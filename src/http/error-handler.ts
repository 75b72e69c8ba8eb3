import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { StoreUnavailable } from '../sessions/store.ts';
import { KeysUnavailable } from './auth/key-set.ts';
import { fail } from './errors.ts';
import { subjectOf } from './request-log.ts';
import { fieldErrorsOf } from './validation-errors.ts';

/**
 * Every error becomes an answer here. What is not foreseen is a 500: it is logged whole and shows nothing. Must
 * not throw: the framework would then answer by itself, and show the message.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof StoreUnavailable || error instanceof KeysUnavailable) {
    request.log.warn({ ...subjectOf(request), err: error }, 'Not available right now');
    reply.send(fail(reply, 'unavailable'));
    return;
  }
  if (isFastifyError(error) && answerKnown(error, request, reply)) return;
  request.log.error(
    { ...subjectOf(request), err: error },
    'A request failed for a reason that nobody foresaw',
  );
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
      request.log.warn(subjectOf(request), 'The answer took too long; what was begun may still be finished');
      reply.send(fail(reply, 'unavailable'));
      return true;
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      reply.send(fail(reply, 'payload_too_large'));
      return true;
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      reply.send(fail(reply, 'unsupported_media_type'));
      return true;
    default:
      return answerByStatus(error, reply);
  }
}

/** A body that cannot be read comes with 400; a path that leads out of a folder of files with 403 or 404. */
function answerByStatus(error: FastifyError, reply: FastifyReply): boolean {
  const { statusCode } = error;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return false;
  const errors = [{ field: 'body', message: 'must be JSON, complete and well-formed' }];
  reply.send(statusCode === 400 ? fail(reply, 'validation_failed', { errors }) : fail(reply, 'not_found'));
  return true;
}
