import { Prisma } from '../client.ts';
import { bigintArray } from './bigint-array.ts';

export interface HistoriesRow {
  readonly document: HistoriesDocument;
}

/** Lists of columns, in the order in which they are selected below. */
export interface HistoriesDocument {
  readonly grants: readonly (readonly unknown[])[];
  readonly sessions: readonly (readonly unknown[])[];
  readonly entries: readonly (readonly unknown[])[];
  readonly events: readonly (readonly unknown[])[];
  readonly low_balance_since: unknown;
}

/** Everything that was ever written about the money of some accounts. Never the text of a message. */
export const loadHistories = (patients: readonly number[]) => Prisma.sql`
  WITH session AS MATERIALIZED (
    SELECT * FROM text_appointment_sessions WHERE patient_id = ANY (${bigintArray(patients)})
  )
  SELECT json_build_object(
    'grants', (SELECT coalesce(json_agg(json_build_array(
        patient_id, id, units_subscribed, units_total, remaining, held, epoch_ms(starts_at), epoch_ms(expires_at)
      )), '[]') FROM grants WHERE patient_id = ANY (${bigintArray(patients)})),
    'sessions', (SELECT coalesce(json_agg(json_build_array(
        patient_id, id, appointment_id, doctor_id, is_active, has_patient_activity, has_doctor_activity, sessions_used,
        block_no, event_count, message_count, epoch_ms(last_activity_time), epoch_ms(start_time),
        epoch_ms(first_patient_activity_at), hold_grant_id, epoch_ms(ended_at), epoch_ms(end_recorded_at), end_units,
        end_reason, policy
      ) ORDER BY id), '[]') FROM session),
    'entries', (SELECT coalesce(json_agg(json_build_array(
        patient_id, id, grant_id, session_id, interval_no, kind, reason, units, balance_after, epoch_ms(effective_at),
        epoch_ms(recorded_at), details
      ) ORDER BY id), '[]') FROM ledger_entries WHERE patient_id = ANY (${bigintArray(patients)})),
    'events', (SELECT coalesce(json_agg(json_build_array(
        s.patient_id, e.session_id, e.event_no, e.type, epoch_ms(e.effective_at), epoch_ms(e.recorded_at),
        e.actor_role, e.data
      ) ORDER BY e.session_id, e.event_no), '[]') FROM session s JOIN session_events e ON e.session_id = s.id),
    'low_balance_since', (SELECT epoch_ms(since) FROM event_activations WHERE type = 'low_balance')
  ) AS document`;
