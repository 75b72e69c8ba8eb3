import { Prisma } from '../client.ts';
import type { WriteDocument } from '../write-document.ts';

/**
 * Everything that a batch came to, in one statement: rows as JSON, a list a table. The checks, keys and triggers
 * of the schema see all of it before anything is kept. Ledger entries get their ids in the order of the document.
 */
export const writeChanges = (document: WriteDocument) => {
  const rows = (list: keyof WriteDocument) => Prisma.sql`${JSON.stringify(document[list])}::json`;
  return Prisma.sql`
  WITH appointment AS (
    INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at, time_zone)
    SELECT id, patient_id, doctor_id, type, status, instant(scheduled_at), time_zone
    FROM json_to_recordset(${rows('appointments')}) AS t (
      id bigint, patient_id bigint, doctor_id bigint, type text, status text, scheduled_at bigint, time_zone text)
    ON CONFLICT (id) DO UPDATE SET
      patient_id = excluded.patient_id, doctor_id = excluded.doctor_id, type = excluded.type,
      status = excluded.status, scheduled_at = excluded.scheduled_at, time_zone = excluded.time_zone,
      updated_at = session_clock()
  ),
  new_grant AS (
    INSERT INTO grants (id, patient_id, units_subscribed, units_total, remaining, held, starts_at, expires_at)
    SELECT id, patient_id, units_subscribed, units_total, remaining, held, instant(starts_at), instant(expires_at)
    FROM json_to_recordset(${rows('new_grants')}) AS t (
      id bigint, patient_id bigint, units_subscribed integer, units_total integer, remaining integer, held integer,
      starts_at bigint, expires_at bigint)
  ),
  changed_grant AS (
    UPDATE grants g SET
      units_subscribed = t.units_subscribed, units_total = t.units_total, remaining = t.remaining, held = t.held,
      starts_at = instant(t.starts_at), expires_at = instant(t.expires_at), updated_at = session_clock()
    FROM json_to_recordset(${rows('changed_grants')}) AS t (
      id bigint, units_subscribed integer, units_total integer, remaining integer, held integer,
      starts_at bigint, expires_at bigint)
    WHERE g.id = t.id
  ),
  new_session AS (
    INSERT INTO text_appointment_sessions (
      id, appointment_id, patient_id, doctor_id, is_active, is_ended, has_patient_activity, has_doctor_activity,
      sessions_used, block_no, event_count, message_count, last_activity_time, start_time, first_patient_activity_at,
      next_deadline_at, hold_grant_id, ended_at, end_recorded_at, end_units, end_reason, policy)
    SELECT
      id, appointment_id, patient_id, doctor_id, is_active, NOT is_active, has_patient_activity, has_doctor_activity,
      sessions_used, block_no, event_count, message_count, instant(last_activity_time), instant(start_time),
      instant(first_patient_activity_at), instant(next_deadline_at), hold_grant_id, instant(ended_at),
      instant(end_recorded_at), end_units, end_reason, policy
    FROM json_to_recordset(${rows('new_sessions')}) AS t (
      id bigint, appointment_id bigint, patient_id bigint, doctor_id bigint, is_active boolean,
      has_patient_activity boolean, has_doctor_activity boolean, sessions_used integer, block_no integer,
      event_count integer, message_count integer, last_activity_time bigint, start_time bigint,
      first_patient_activity_at bigint, next_deadline_at bigint, hold_grant_id bigint, ended_at bigint,
      end_recorded_at bigint, end_units integer, end_reason text, policy jsonb)
  ),
  changed_session AS (
    UPDATE text_appointment_sessions s SET
      is_active = t.is_active, is_ended = NOT t.is_active, has_patient_activity = t.has_patient_activity,
      has_doctor_activity = t.has_doctor_activity, sessions_used = t.sessions_used,
      block_no = coalesce(t.block_no, s.block_no), event_count = t.event_count, message_count = t.message_count,
      last_activity_time = instant(t.last_activity_time),
      first_patient_activity_at = instant(t.first_patient_activity_at),
      next_deadline_at = instant(t.next_deadline_at), hold_grant_id = t.hold_grant_id,
      ended_at = instant(t.ended_at), end_recorded_at = instant(t.end_recorded_at), end_units = t.end_units,
      end_reason = t.end_reason, updated_at = session_clock()
    FROM json_to_recordset(${rows('changed_sessions')}) AS t (
      id bigint, is_active boolean, has_patient_activity boolean, has_doctor_activity boolean, sessions_used integer,
      block_no integer, event_count integer, message_count integer, last_activity_time bigint,
      first_patient_activity_at bigint, next_deadline_at bigint, hold_grant_id bigint, ended_at bigint,
      end_recorded_at bigint, end_units integer, end_reason text)
    WHERE s.id = t.id
  ),
  entry AS (
    INSERT INTO ledger_entries (
      patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at, recorded_at, actor_id, kind,
      reason, actor_role, note, idempotency_key, details)
    SELECT
      patient_id, grant_id, session_id, interval_no, units, balance_after, instant(effective_at),
      instant(recorded_at), actor_id, kind, reason, actor_role, note, idempotency_key, details
    FROM ROWS FROM (json_to_recordset(${rows('entries')}) AS (
      patient_id bigint, grant_id bigint, session_id bigint, interval_no integer, units integer,
      balance_after integer, effective_at bigint, recorded_at bigint, actor_id bigint, kind text, reason text,
      actor_role text, note text, idempotency_key text, details jsonb)) WITH ORDINALITY AS t (
      patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at, recorded_at, actor_id, kind,
      reason, actor_role, note, idempotency_key, details, position)
    ORDER BY position
  ),
  event AS (
    INSERT INTO session_events (
      session_id, event_no, type, effective_at, recorded_at, actor_role, actor_id, data)
    SELECT session_id, event_no, type, instant(effective_at), instant(recorded_at), actor_role, actor_id, data
    FROM json_to_recordset(${rows('events')}) AS t (
      session_id bigint, event_no integer, type text, effective_at bigint, recorded_at bigint, actor_role text,
      actor_id bigint, data jsonb)
  ),
  message AS (
    INSERT INTO messages (session_id, message_no, client_message_id, sender_id, sender_role, sent_at, text)
    SELECT session_id, message_no, client_message_id, sender_id, sender_role, instant(sent_at), text
    FROM json_to_recordset(${rows('messages')}) AS t (
      session_id bigint, message_no integer, client_message_id uuid, sender_id bigint, sender_role text,
      sent_at bigint, text text)
  )
  SELECT 1`;
};
