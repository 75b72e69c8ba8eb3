import type { FastifyReply } from 'fastify';
import type { Undone } from '../billing/corrections.ts';
import type { RefusalCode } from '../billing/refusal.ts';
import type { RefusalWithSession, RefusalWithUndone, RefusalWithVersion } from '../sessions/commands.ts';
import { sessionJson } from './answers/session.ts';
import type { Failure } from './envelope.ts';
import { rfc3339 } from './rfc3339.ts';

interface AnswerTo {
  readonly status: number;
  /** For people; apps go by the code. */
  readonly message: string;
}

/** What the rules refuse, in HTTP. This is the only place that says so. */
export const REFUSAL_ANSWERS = {
  appointment_not_found: { status: 404, message: 'There is no such appointment' },
  not_a_participant: { status: 403, message: 'You do not take part in this appointment' },
  not_a_text_appointment: { status: 400, message: 'Only text appointments have a session' },
  session_ended: { status: 409, message: 'The session of this appointment has ended' },
  appointment_not_confirmed: { status: 400, message: 'The appointment is not confirmed' },
  appointment_time_not_reached: { status: 400, message: 'The time of the appointment is still to come' },
  appointment_window_passed: { status: 400, message: 'The time to start this appointment has passed' },
  no_active_subscription: { status: 400, message: 'The patient has no subscription that is valid now' },
  insufficient_sessions: { status: 402, message: 'The patient has no session left' },
  no_active_session: { status: 404, message: 'This appointment has no session yet' },
  message_id_reused: { status: 409, message: 'Another message was sent under this client_message_id' },
  appointment_in_use: {
    status: 409,
    message: 'The appointment has a session: its patient, doctor, type and terms are fixed',
  },
  session_not_found: { status: 404, message: 'There is no such session' },
  subscription_not_found: { status: 404, message: 'There is no such subscription' },
  subscription_in_use: { status: 409, message: 'The subscription belongs to another patient' },
  subscription_total_too_low: {
    status: 409,
    message: 'The subscription cannot go below what is used and held',
  },
  subscription_units_out_of_bounds: {
    status: 409,
    message: 'The subscription cannot hold that many sessions',
  },
  subscription_validity_empty: {
    status: 422,
    message: 'The subscription would expire before it starts: give starts_at, or a later expires_at',
  },
  subscription_version_stale: {
    status: 409,
    message: 'A later version of the subscription is stored, or this one with other contents: see `data`',
  },
  entry_not_found: { status: 404, message: 'There is no such ledger entry' },
  not_a_charge: { status: 409, message: 'Only a charge can be refunded' },
  already_refunded: { status: 409, message: 'This charge was refunded before, see `data`' },
  not_a_refund: { status: 409, message: 'Only a refund can be taken back' },
  already_taken_back: { status: 409, message: 'This refund was taken back before, see `data`' },
  idempotency_key_reused: {
    status: 409,
    message: 'Another request was made under this Idempotency-Key: choose a new one',
  },
} as const satisfies Record<RefusalCode, AnswerTo>;

/** What goes wrong before a rule is asked, or while it is. */
export type FailureCode =
  | 'malformed_request'
  | 'malformed_body'
  | 'request_timeout'
  | 'expectation_failed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'patient_not_found'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'validation_failed'
  | 'terms_flawed'
  | 'audit_too_large'
  | 'audit_run_not_found'
  | 'cursor_ahead'
  | 'effect_changed'
  | 'upgrade_required'
  | 'rate_limited'
  | 'internal_error'
  | 'unavailable';

export const FAILURE_ANSWERS = {
  malformed_request: { status: 400, message: 'The request is not valid HTTP' },
  malformed_body: { status: 400, message: 'The body is not valid UTF-8' },
  request_timeout: { status: 408, message: 'The request took too long to arrive' },
  expectation_failed: { status: 417, message: 'Of the Expect header only 100-continue is supported' },
  unauthenticated: {
    status: 401,
    message: 'Sign in: send a valid access token as "Authorization: Bearer <token>"',
  },
  forbidden: { status: 403, message: 'This is for administrators only' },
  not_found: { status: 404, message: 'Nothing was found here: check the path and the method' },
  patient_not_found: { status: 404, message: 'There is no such patient' },
  payload_too_large: { status: 413, message: 'The request is too large' },
  unsupported_media_type: {
    status: 415,
    message: 'Send the body as application/json in UTF-8, without a Content-Encoding',
  },
  validation_failed: { status: 422, message: 'Request validation failed, see `errors`' },
  terms_flawed: { status: 422, message: 'The terms are not possible, see `errors`' },
  audit_too_large: {
    status: 422,
    message: 'This is too much for one request: choose a shorter period, or use npm run audit',
  },
  audit_run_not_found: { status: 404, message: 'No audit of this night was finished' },
  cursor_ahead: {
    status: 409,
    message: 'The log has fewer events than `after` says: begin again at 0',
  },
  effect_changed: {
    status: 412,
    message: 'Nothing was done, because it would do something else than was shown: see `data`',
  },
  upgrade_required: { status: 426, message: 'This address speaks WebSocket: open it as one' },
  rate_limited: { status: 429, message: 'Too many requests: try again after the seconds in Retry-After' },
  internal_error: {
    status: 500,
    message: 'Something went wrong on our side. Tell support the request_id',
  },
  unavailable: {
    status: 503,
    message:
      'The service cannot answer right now: send the same request again after the seconds in Retry-After',
  },
} as const satisfies Record<FailureCode, AnswerTo>;

/** In `Retry-After` of a 503. */
const RETRY_AFTER_SECONDS = 1;

/** `message`: where more can be said than the code does. */
type Details = Partial<Pick<Failure, 'errors' | 'data' | 'message'>>;

export const failureOf = (
  code: FailureCode,
  { errors = [], data = {}, message = FAILURE_ANSWERS[code].message }: Details = {},
): Failure => ({
  success: false,
  code,
  message,
  errors,
  data,
});

export const refusalOf = (code: RefusalCode, data: Failure['data'] = {}): Failure => ({
  success: false,
  code,
  message: REFUSAL_ANSWERS[code].message,
  errors: [],
  data,
});

/** Prepares the reply for a failure and gives its body, to be returned or sent. */
export function fail(
  reply: FastifyReply,
  code: FailureCode,
  details: Details & { readonly retryAfterSeconds?: number } = {},
): Failure {
  const { retryAfterSeconds = RETRY_AFTER_SECONDS, ...shown } = details;
  reply.code(FAILURE_ANSWERS[code].status);
  if (code === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  if (code === 'rate_limited' || code === 'unavailable') reply.header('retry-after', retryAfterSeconds);
  return failureOf(code, shown);
}

/** The same for what the rules refused. */
export function refused(
  reply: FastifyReply,
  { code, session, version, undone }: RefusalWithSession & RefusalWithVersion & RefusalWithUndone,
): Failure {
  reply.code(REFUSAL_ANSWERS[code].status);
  return refusalOf(code, {
    ...(session === undefined ? {} : sessionJson(session)),
    ...(version === undefined ? {} : { version }),
    ...(undone === undefined ? {} : undoneJson(undone)),
  });
}

/** `by` is null where the rules undid it by themselves. */
const undoneJson = ({ by, at }: Undone) => ({ by: by.role === 'system' ? null : by.id, at: rfc3339(at) });
