/** Every expected "no", by its stable code. A refusal is a value, never an exception. */
export type RefusalCode =
  | 'appointment_not_found'
  | 'not_a_participant'
  | 'not_a_text_appointment'
  | 'session_ended'
  | 'appointment_not_confirmed'
  | 'appointment_time_not_reached'
  | 'appointment_window_passed'
  | 'no_active_subscription'
  | 'insufficient_sessions'
  | 'no_active_session'
  | 'message_id_reused'
  | 'appointment_in_use'
  | 'session_not_found'
  | 'subscription_not_found'
  | 'subscription_in_use'
  | 'subscription_total_too_low'
  | 'subscription_units_out_of_bounds'
  | 'subscription_validity_empty'
  | 'subscription_version_stale'
  | 'entry_not_found'
  | 'not_a_charge'
  | 'already_refunded'
  | 'not_a_refund'
  | 'already_taken_back'
  | 'idempotency_key_reused';

export interface Refusal<Code extends RefusalCode = RefusalCode> {
  readonly kind: 'refused';
  readonly code: Code;
}

export const refuse = <Code extends RefusalCode>(code: Code): Refusal<Code> => ({ kind: 'refused', code });
