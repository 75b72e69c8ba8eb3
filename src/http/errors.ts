import type { FastifyReply } from 'fastify';
import type { RefusalCode } from '../billing/refusal.ts';
import type { RefusalWithSession } from '../sessions/command.ts';
import type { Failure } from './envelope.ts';
import { type FailureCode, failureAnswers } from './failure-answers.ts';
import { refusalAnswers } from './refusal-answers.ts';
import { sessionJson } from './answers/session.ts';

/** How long somebody waits who came while we could not answer. */
const RETRY_AFTER_SECONDS = 1;

export const failureOf = (code: FailureCode, details: Pick<Failure, 'errors' | 'data'> = {}): Failure => ({
  success: false,
  code,
  message: failureAnswers[code].message,
  ...details,
});

export const refusalOf = (code: RefusalCode, details: Pick<Failure, 'data'> = {}): Failure => ({
  success: false,
  code,
  message: refusalAnswers[code].message,
  ...details,
});

/** Prepares the reply for a failure and gives its body, to be returned or sent. */
export function fail(
  reply: FastifyReply,
  code: FailureCode,
  details: Pick<Failure, 'errors' | 'data'> & { readonly retryAfterSeconds?: number } = {},
): Failure {
  const { retryAfterSeconds = RETRY_AFTER_SECONDS, ...shown } = details;
  reply.code(failureAnswers[code].status);
  if (code === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  if (code === 'rate_limited' || code === 'unavailable') reply.header('retry-after', retryAfterSeconds);
  return failureOf(code, shown);
}

/** The same for what the rules refused. */
export function refused(reply: FastifyReply, { code, session }: RefusalWithSession): Failure {
  reply.code(refusalAnswers[code].status);
  return refusalOf(code, session === undefined ? {} : { data: { ...sessionJson(session) } });
}
