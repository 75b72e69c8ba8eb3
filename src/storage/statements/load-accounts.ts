import type { Needs } from '../../sessions/store.ts';
import { Prisma } from '../client.ts';
import { bigintArray } from './bigint-array.ts';
import type { LoadedDocument } from '../loaded-document.ts';

export interface LoadedRow {
  readonly document: LoadedDocument;
}

/**
 * Everything that a batch may have to see, in one statement and so in one picture: the accounts' grants and
 * active sessions whole, and what the commands name. The clock is read after the last lock (R1).
 *
 * `OFFSET 0` keeps each lookup a lookup: one by one through an index, whatever the planner believes of a table that
 * grew since it was last counted.
 *
 * With `isLocking`, sessions are locked too: an activity that goes the short way (touch.ts) takes no account's
 * lock, and must not be overwritten by a batch that did not see it.
 */
export const loadAccounts = (needs: Needs, patients: Prisma.Sql, isLocking: boolean) => Prisma.sql`
  WITH account AS MATERIALIZED (${patients}),
  session AS MATERIALIZED (
    SELECT s.* FROM (
      SELECT id FROM text_appointment_sessions WHERE patient_id IN (SELECT patient_id FROM account) AND is_active
      UNION SELECT unnest(${bigintArray(needs.sessions ?? [])})
      UNION SELECT id FROM text_appointment_sessions
        WHERE appointment_id = ANY (${bigintArray(needs.appointments ?? [])})
      UNION SELECT session_id FROM ledger_entries WHERE id = ANY (${bigintArray(needs.entries ?? [])})
      ORDER BY id
    ) AS wanted
    CROSS JOIN LATERAL (
      SELECT * FROM text_appointment_sessions WHERE id = wanted.id
      OFFSET 0 ${isLocking ? Prisma.sql`FOR NO KEY UPDATE` : Prisma.empty}
    ) AS s
  ),
  clock AS MATERIALIZED (SELECT session_clock() AS now FROM (SELECT count(*) FROM session) AS locked),
  standing AS MATERIALIZED (
    SELECT s.id AS session_id, charge.interval_no, charge.grant_id
    FROM session s CROSS JOIN LATERAL (
      SELECT c.interval_no, c.grant_id FROM ledger_entries c
      WHERE c.session_id = s.id AND c.kind = 'charge' AND NOT EXISTS (
        SELECT FROM ledger_entries refund
        WHERE refund.kind = 'refund' AND refund.session_id = s.id AND refund.interval_no = c.interval_no
      )
      OFFSET 0
    ) AS charge
    WHERE s.is_active AND NOT s.has_doctor_activity AND s.policy ->> 'doctorResponseMs' IS NOT NULL
  ),
  entry AS MATERIALIZED (
    SELECT e.*, EXISTS (
      SELECT FROM ledger_entries refund
      WHERE refund.kind = 'refund' AND refund.session_id = e.session_id AND refund.interval_no = e.interval_no
    ) AS is_refunded
    FROM ledger_entries e WHERE e.id = ANY (${bigintArray(needs.entries ?? [])})
  ),
  units AS MATERIALIZED (
    SELECT g.* FROM account CROSS JOIN LATERAL (
      SELECT * FROM grants WHERE patient_id = account.patient_id OFFSET 0
    ) AS g
    WHERE g.remaining > 0 OR g.expires_at IS NULL OR g.expires_at > (SELECT now FROM clock)
      OR g.id = ANY (${bigintArray(needs.grants ?? [])})
      OR g.id IN (SELECT grant_id FROM standing) OR g.id IN (SELECT grant_id FROM entry)
  )
  SELECT json_build_object(
    'now', (SELECT epoch_ms(now) FROM clock),
    'patients', (SELECT coalesce(json_agg(patient_id), '[]') FROM account),
    'sessions', (SELECT coalesce(json_agg(json_build_array(
        id, appointment_id, patient_id, doctor_id, is_active, has_patient_activity, has_doctor_activity, sessions_used,
        block_no, event_count, message_count, epoch_ms(last_activity_time), epoch_ms(start_time),
        epoch_ms(first_patient_activity_at), epoch_ms(next_deadline_at), hold_grant_id, epoch_ms(ended_at),
        epoch_ms(end_recorded_at), end_units, end_reason, policy
      )), '[]') FROM session),
    'grants', (SELECT coalesce(json_agg(json_build_array(
        id, patient_id, units_subscribed, units_total, remaining, held, epoch_ms(starts_at), epoch_ms(expires_at)
      )), '[]') FROM units),
    'standing', (SELECT coalesce(json_agg(json_build_array(session_id, interval_no, grant_id)
      ORDER BY interval_no), '[]') FROM standing),
    'appointments', (SELECT coalesce(json_agg(json_build_array(
        id, patient_id, doctor_id, type, status, epoch_ms(scheduled_at), time_zone
      )), '[]') FROM appointments WHERE id = ANY (${bigintArray(needs.appointments ?? [])})),
    'messages', (SELECT coalesce(json_agg(json_build_array(
        m.session_id, m.message_no, m.client_message_id, m.sender_id, m.sender_role, epoch_ms(m.sent_at), m.text
      )), '[]')
      FROM unnest(
        ${bigintArray((needs.messages ?? []).map((message) => message.appointmentId))},
        ${(needs.messages ?? []).map((message) => message.clientMessageId)}::uuid[]
      ) AS wanted (appointment_id, client_message_id)
      JOIN session s ON s.appointment_id = wanted.appointment_id
      CROSS JOIN LATERAL (
        SELECT * FROM messages
        WHERE session_id = s.id AND client_message_id = wanted.client_message_id OFFSET 0
      ) AS m),
    'entries', (SELECT coalesce(json_agg(json_build_array(
        id, kind, grant_id, session_id, interval_no, is_refunded
      )), '[]') FROM entry),
    'corrections', (SELECT coalesce(json_agg(json_build_array(
        e.actor_id, e.idempotency_key, e.kind, e.grant_id, e.session_id, e.interval_no, e.units, e.note
      )), '[]')
      FROM unnest(
        ${bigintArray((needs.corrections ?? []).map((correction) => correction.admin))},
        ${(needs.corrections ?? []).map((correction) => correction.idempotencyKey)}::text[]
      ) AS wanted (actor_id, idempotency_key)
      CROSS JOIN LATERAL (
        SELECT * FROM ledger_entries
        WHERE actor_id = wanted.actor_id AND idempotency_key = wanted.idempotency_key OFFSET 0
      ) AS e),
    'new_session_ids', (SELECT coalesce(json_agg(nextval('text_appointment_sessions_id_seq')), '[]')
      FROM generate_series(1, ${needs.newSessions ?? 0}::integer))
  ) AS document`;
