import type { Pool, PoolClient } from 'pg';
import type { RecordedActivity, StartedSession } from './api.ts';

// The rules as three of the peers have them, by hand over `pg`, with named (so prepared) statements: start,
// activity, a deduction at each interval, the end where nobody wrote or nothing is left. One row after the other, in
// the way that one writes it. The clock is the database's, as in the product, and so is the order of the locks.

/** An activity is one statement. Null where the caller has no active session there. */
export async function recordActivity(
  pool: Pool,
  appointmentId: number,
  userId: number,
): Promise<RecordedActivity | null> {
  const { rows } = await pool.query<RecordedActivity>({
    name: 'record-activity',
    text: `UPDATE text_appointment_sessions
      SET last_activity_time = session_clock(), updated_at = session_clock(),
        has_patient_activity = has_patient_activity OR patient_id = $2,
        has_doctor_activity = has_doctor_activity OR doctor_id = $2
      WHERE appointment_id = $1 AND is_active AND next_deadline_at > session_clock()
        AND $2 IN (patient_id, doctor_id)
      RETURNING id::integer AS "sessionId", last_activity_time AS "lastActivityAt"`,
    values: [appointmentId, userId],
  });
  return rows[0] ?? null;
}

/** Null where the appointment is not the caller's or has a session, or no unit is left. */
export async function startSession(
  client: PoolClient,
  appointmentId: number,
  userId: number,
): Promise<StartedSession | null> {
  const appointments = await client.query<{ patientId: string; doctorId: string }>({
    name: 'find-appointment',
    text: `SELECT patient_id AS "patientId", doctor_id AS "doctorId" FROM appointments
      WHERE id = $1 AND type = 'text' AND status = 'confirmed' AND scheduled_at <= session_clock()
        AND $2 IN (patient_id, doctor_id)
        AND NOT EXISTS (SELECT FROM text_appointment_sessions WHERE appointment_id = $1)`,
    values: [appointmentId, userId],
  });
  const [appointment] = appointments.rows;
  if (appointment === undefined) return null;
  const holds = await client.query<{ grantId: string }>({
    name: 'hold-unit',
    text: `UPDATE grants SET held = held + 1, updated_at = session_clock() WHERE id = (
        SELECT id FROM grants WHERE patient_id = $1 AND remaining > held AND starts_at <= session_clock()
          AND (expires_at IS NULL OR expires_at > session_clock())
        ORDER BY expires_at NULLS LAST, id LIMIT 1 FOR UPDATE)
      RETURNING id AS "grantId"`,
    values: [appointment.patientId],
  });
  const [hold] = holds.rows;
  if (hold === undefined) return null;
  const { rows } = await client.query<StartedSession>({
    name: 'insert-session',
    text: `INSERT INTO text_appointment_sessions
        (appointment_id, patient_id, doctor_id, start_time, next_deadline_at, hold_grant_id, policy)
      SELECT $1, $2, $3, now.at, now.at + interval '10 minutes', $4, '{"intervalMs": 600000}'
      FROM (SELECT session_clock() AS at) AS now
      RETURNING id::integer AS "sessionId", next_deadline_at AS "nextDeductionAt"`,
    values: [appointmentId, appointment.patientId, appointment.doctorId, hold.grantId],
  });
  return rows[0] ?? null;
}

interface LockedSession {
  readonly patientId: string;
  readonly grantId: string;
  readonly blockNo: number;
  readonly dueAt: Date;
  readonly isDue: boolean;
  readonly hasActivity: boolean;
  readonly remaining: number;
  readonly held: number;
}

/**
 * Takes the unit of the block that has ended, where it has ended. Gives the instant of the next deduction, or null
 * where the session is over. It may be called at any time, any number of times.
 */
export async function deduct(client: PoolClient, sessionId: number): Promise<Date | null> {
  const session = await lockSession(client, sessionId);
  if (session === null) return null;
  if (!session.isDue) return session.dueAt;
  const { grantId, patientId, blockNo, dueAt, hasActivity, remaining, held } = session;
  await client.query({
    name: 'insert-charge',
    text: `INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after,
        effective_at, recorded_at, kind, reason, actor_role)
      VALUES ($1, $2, $3, $4, -1, $5, $6, session_clock(), 'charge', $7, 'system')`,
    values: [
      patientId,
      grantId,
      sessionId,
      blockNo + 1,
      remaining - 1,
      dueAt,
      hasActivity ? 'interval' : 'no_activity',
    ],
  });
  const goesOn = hasActivity && remaining > held;
  await client.query({
    name: 'take-unit',
    text: 'UPDATE grants SET remaining = remaining - 1, held = held - $2, updated_at = session_clock() WHERE id = $1',
    values: [grantId, goesOn ? 0 : 1],
  });
  return goesOn
    ? enterNextBlock(client, sessionId)
    : endSession(client, sessionId, hasActivity ? 'balance_exhausted' : 'no_activity');
}

async function lockSession(client: PoolClient, sessionId: number): Promise<LockedSession | null> {
  const { rows } = await client.query<LockedSession>({
    name: 'lock-session',
    text: `SELECT s.patient_id AS "patientId", g.id AS "grantId", s.block_no AS "blockNo",
        s.next_deadline_at AS "dueAt", s.next_deadline_at <= session_clock() AS "isDue",
        s.has_patient_activity OR s.has_doctor_activity AS "hasActivity", g.remaining, g.held
      FROM text_appointment_sessions s JOIN grants g ON g.id = s.hold_grant_id
      WHERE s.id = $1 AND s.is_active FOR UPDATE OF s, g`,
    values: [sessionId],
  });
  return rows[0] ?? null;
}

async function enterNextBlock(client: PoolClient, sessionId: number): Promise<Date | null> {
  const { rows } = await client.query<{ dueAt: Date }>({
    name: 'enter-next-block',
    text: `UPDATE text_appointment_sessions SET sessions_used = sessions_used + 1, block_no = block_no + 1,
        next_deadline_at = next_deadline_at + interval '10 minutes', updated_at = session_clock()
      WHERE id = $1 RETURNING next_deadline_at AS "dueAt"`,
    values: [sessionId],
  });
  return rows[0]?.dueAt ?? null;
}

async function endSession(
  client: PoolClient,
  sessionId: number,
  reason: 'balance_exhausted' | 'no_activity',
): Promise<null> {
  await client.query({
    name: 'end-session',
    text: `UPDATE text_appointment_sessions SET sessions_used = sessions_used + 1, is_active = false, is_ended = true,
        ended_at = next_deadline_at, end_recorded_at = session_clock(), end_reason = $2,
        end_units = CASE $2 WHEN 'no_activity' THEN 1 ELSE 0 END,
        hold_grant_id = NULL, next_deadline_at = NULL, updated_at = session_clock()
      WHERE id = $1`,
    values: [sessionId, reason],
  });
  return null;
}
