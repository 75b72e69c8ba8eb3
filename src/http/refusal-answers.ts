import type { RefusalCode } from '../billing/refusal.ts';

export interface AnswerTo {
  readonly status: number;
  /** For people; apps go by the code. */
  readonly message: string;
}

/** What the rules refuse, in HTTP: the one place that says so. */
export const refusalAnswers = {
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
    message: 'The appointment has a session: its patient, doctor and type are fixed',
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
  entry_not_found: { status: 404, message: 'There is no such ledger entry' },
  not_a_charge: { status: 409, message: 'Only a charge can be refunded' },
  already_refunded: { status: 409, message: 'This charge was refunded before' },
  idempotency_key_reused: {
    status: 409,
    message: 'Another request was made under this Idempotency-Key: choose a new one',
  },
} as const satisfies Record<RefusalCode, AnswerTo>;
