import type { AnswerTo } from './refusal-answers.ts';

/** What goes wrong before a rule is asked, or while it is. */
export type FailureCode =
  | 'malformed_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'patient_not_found'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'validation_failed'
  | 'audit_too_large'
  | 'rate_limited'
  | 'internal_error'
  | 'unavailable';

export const failureAnswers = {
  malformed_request: { status: 400, message: 'This is no HTTP request that can be read' },
  unauthenticated: {
    status: 401,
    message: 'Sign in: send a valid access token as "Authorization: Bearer <token>"',
  },
  forbidden: { status: 403, message: 'This is for administrators only' },
  not_found: { status: 404, message: 'There is nothing here: check the path and the method' },
  patient_not_found: { status: 404, message: 'Nothing is known of this patient' },
  payload_too_large: { status: 413, message: 'The request is too large' },
  unsupported_media_type: { status: 415, message: 'Send the body as application/json' },
  validation_failed: { status: 422, message: 'The request is not as it has to be: see errors' },
  audit_too_large: {
    status: 422,
    message: 'This is too much to audit while you wait: ask for less, or use npm run audit',
  },
  rate_limited: { status: 429, message: 'Too many requests: wait as long as Retry-After says' },
  internal_error: {
    status: 500,
    message: 'Something went wrong on our side. Tell support the request_id',
  },
  unavailable: {
    status: 503,
    message: 'The service cannot answer right now: the same request may be sent again',
  },
} as const satisfies Record<FailureCode, AnswerTo>;
