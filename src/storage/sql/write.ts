import type { Writes } from '../../sessions/store.ts';
import { Prisma } from '../client.ts';
import { type Columns, rowSet } from '../columns.ts';
import {
  APPOINTMENT,
  CHANGED_GRANT,
  CHANGED_SESSION,
  ENTRY,
  EVENT,
  MESSAGE,
  NEW_GRANT,
  NEW_SESSION,
} from '../rows.ts';

/**
 * Everything that a batch came to, in one statement: a part a table, and no part for a table that nothing is written
 * to. The checks, keys and triggers of the schema see all of it before anything is kept. Ledger entries get their ids
 * in the order in which they were made.
 */
export function writeChanges(writes: Writes): Prisma.Sql {
  const { appointments, grants, sessions, entries, events, messages } = writes;
  const parts = [
    ...part('appointment', appointments, APPOINTMENT, putAppointments),
    ...part(
      'new_grant',
      grants.filter(({ isNew }) => isNew),
      NEW_GRANT,
      insertGrants,
    ),
    ...part(
      'changed_grant',
      grants.filter(({ isNew }) => !isNew),
      CHANGED_GRANT,
      updateGrants,
    ),
    ...part(
      'new_session',
      sessions.filter(({ isNew }) => isNew),
      NEW_SESSION,
      insertSessions,
    ),
    ...part(
      'changed_session',
      sessions.filter(({ isNew }) => !isNew),
      CHANGED_SESSION,
      updateSessions,
    ),
    ...part('entry', entries, ENTRY, insertEntries),
    ...part('event', events, EVENT, insertEvents),
    ...part('message', messages, MESSAGE, insertMessages),
  ];
  if (parts.length === 0) throw new Error('there is nothing to write');
  return Prisma.sql`WITH ${Prisma.join(parts)} SELECT 1`;
}

function part<Row>(
  name: string,
  rows: readonly Row[],
  columns: Columns<Row>,
  statement: (rows: Prisma.Sql) => Prisma.Sql,
): readonly Prisma.Sql[] {
  return rows.length === 0 ? [] : [Prisma.sql`${Prisma.raw(name)} AS (${statement(rowSet(rows, columns))})`];
}

const putAppointments = (rows: Prisma.Sql) => Prisma.sql`
  INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at, time_zone)
  SELECT id, patient_id, doctor_id, type, status, instant(scheduled_at), time_zone FROM ${rows}
  ON CONFLICT (id) DO UPDATE SET
    patient_id = excluded.patient_id, doctor_id = excluded.doctor_id, type = excluded.type,
    status = excluded.status, scheduled_at = excluded.scheduled_at, time_zone = excluded.time_zone,
    updated_at = session_clock()`;

const insertGrants = (rows: Prisma.Sql) => Prisma.sql`
  INSERT INTO grants (id, patient_id, units_subscribed, units_total, remaining, held, starts_at, expires_at)
  SELECT id, patient_id, units_subscribed, units_total, remaining, held, instant(starts_at), instant(expires_at)
  FROM ${rows}`;

const updateGrants = (rows: Prisma.Sql) => Prisma.sql`
  UPDATE grants g SET
    units_subscribed = t.units_subscribed, units_total = t.units_total, remaining = t.remaining, held = t.held,
    starts_at = instant(t.starts_at), expires_at = instant(t.expires_at), updated_at = session_clock()
  FROM ${rows} WHERE g.id = t.id`;

const insertSessions = (rows: Prisma.Sql) => Prisma.sql`
  INSERT INTO text_appointment_sessions (
    id, appointment_id, patient_id, doctor_id, is_active, is_ended, has_patient_activity, has_doctor_activity,
    sessions_used, block_no, event_count, message_count, last_activity_time, start_time, first_patient_activity_at,
    next_deadline_at, hold_grant_id, ended_at, end_recorded_at, end_units, end_reason, policy)
  SELECT
    id, appointment_id, patient_id, doctor_id, is_active, NOT is_active, has_patient_activity, has_doctor_activity,
    sessions_used, coalesce(block_no, 0), event_count, message_count, instant(last_activity_time), instant(start_time),
    instant(first_patient_activity_at), instant(next_deadline_at), hold_grant_id, instant(ended_at),
    instant(end_recorded_at), end_units, end_reason, policy
  FROM ${rows}`;

const updateSessions = (rows: Prisma.Sql) => Prisma.sql`
  UPDATE text_appointment_sessions s SET
    is_active = t.is_active, is_ended = NOT t.is_active, has_patient_activity = t.has_patient_activity,
    has_doctor_activity = t.has_doctor_activity, sessions_used = t.sessions_used,
    block_no = coalesce(t.block_no, s.block_no), event_count = t.event_count, message_count = t.message_count,
    last_activity_time = instant(t.last_activity_time),
    first_patient_activity_at = instant(t.first_patient_activity_at),
    next_deadline_at = instant(t.next_deadline_at), hold_grant_id = t.hold_grant_id,
    ended_at = instant(t.ended_at), end_recorded_at = instant(t.end_recorded_at), end_units = t.end_units,
    end_reason = t.end_reason, updated_at = session_clock()
  FROM ${rows} WHERE s.id = t.id`;

const insertEntries = (rows: Prisma.Sql) => Prisma.sql`
  INSERT INTO ledger_entries (
    patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at, recorded_at, actor_id, kind,
    reason, actor_role, note, idempotency_key, details)
  SELECT
    patient_id, grant_id, session_id, interval_no, units, balance_after, instant(effective_at),
    instant(recorded_at), actor_id, kind, reason, actor_role, note, idempotency_key, details
  FROM ${rows} ORDER BY position`;

const insertEvents = (rows: Prisma.Sql) => Prisma.sql`
  INSERT INTO session_events (session_id, event_no, type, effective_at, recorded_at, actor_role, actor_id, data)
  SELECT session_id, event_no, type, instant(effective_at), instant(recorded_at), actor_role, actor_id, data
  FROM ${rows}`;

const insertMessages = (rows: Prisma.Sql) => Prisma.sql`
  INSERT INTO messages (session_id, message_no, client_message_id, sender_id, sender_role, sent_at, text)
  SELECT session_id, message_no, client_message_id, sender_id, sender_role, instant(sent_at), text
  FROM ${rows}`;
