import type { Client } from 'pg';

/** The ids that the bench uses: patient n, appointment n, session n, grant n, and doctor n + this. */
export const FIRST_DOCTOR = 10_000_000;

/** Who made the grants. */
const ADMIN = 20_000_000;

export interface Clinic {
  /** @default ten minutes, or longer where a session would have to start in the future otherwise */
  readonly intervalMs?: number;
  /** Of each patient's one grant. @default 100 */
  readonly units?: number;
  /** The deadlines lie evenly over so long, the first at `dueInMs` from now. @default 0: all at once */
  readonly spreadMs?: number;
}

/**
 * As many live sessions, a patient each, in which both sides have written and whose first block ends `dueInMs`
 * from now. Written straight into the tables, since a bench measures what comes after; row by row it is what the
 * engine would have written, so that the auditor can recompute it.
 */
export async function fillWithSessions(
  sql: Client,
  count: number,
  dueInMs: number,
  clinic: Clinic = {},
): Promise<void> {
  const { units = 100, spreadMs = 0 } = clinic;
  const { intervalMs = Math.max(600_000, dueInMs + spreadMs) } = clinic;
  if (dueInMs + spreadMs > intervalMs)
    throw new Error('a session cannot start in the future: take a longer interval');
  await emptyTables(sql);
  await sql.query('BEGIN');
  // No foreign key is looked up row by row: a million sessions would take minutes.
  await sql.query('SET LOCAL session_replication_role = replica');
  await sql.query('CREATE TEMPORARY TABLE clinic (n bigint, started_at timestamptz) ON COMMIT DROP');
  await fillClinic(sql, count, dueInMs - intervalMs, spreadMs / count);
  await insertGrants(sql, units);
  await insertSessions(sql, intervalMs);
  await insertEvents(sql);
  await sql.query('COMMIT');
  await sql.query(`SELECT setval('text_appointment_sessions_id_seq', $1)`, [count]);
  await sql.query('VACUUM ANALYZE');
  await sql.query('CHECKPOINT');
}

/** Each number with the start of its session, in whole milliseconds, as the engine's instants are. */
async function fillClinic(sql: Client, count: number, firstMs: number, stepMs: number): Promise<void> {
  await sql.query(
    `INSERT INTO clinic (n, started_at)
     SELECT n, date_trunc('milliseconds', clock.now + ($2::float8 + $3::float8 * (n - 1)) * interval '1 ms')
     FROM generate_series(1, $1::integer) AS n, (SELECT session_clock() AS now) AS clock`,
    [count, firstMs, stepMs],
  );
}

/** A day before the sessions: so that a grant is always older than what it pays for. */
async function insertGrants(sql: Client, units: number): Promise<void> {
  await sql.query('INSERT INTO accounts (patient_id) SELECT n FROM clinic');
  await sql.query(
    `INSERT INTO grants (id, patient_id, units_subscribed, units_total, remaining, held, starts_at)
     SELECT n, n, $1, $1, $1, 1, started_at - interval '1 day' FROM clinic`,
    [units],
  );
  await sql.query(
    `INSERT INTO ledger_entries (patient_id, grant_id, units, balance_after, effective_at, recorded_at, kind, reason,
       actor_role, actor_id, details)
     SELECT n, n, $1, $1, at, at, 'grant', 'subscription', 'admin', $2,
       jsonb_build_object('starts_at_ms', epoch_ms(at), 'expires_at_ms', NULL)
     FROM (SELECT n, started_at - interval '1 day' AS at FROM clinic ORDER BY n) AS made`,
    [units, ADMIN],
  );
}

async function insertSessions(sql: Client, intervalMs: number): Promise<void> {
  await sql.query(
    `INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at)
     SELECT n, n, n + ${FIRST_DOCTOR}, 'text', 'confirmed', started_at FROM clinic`,
  );
  const policy = {
    intervalMs,
    firstActivityMs: intervalMs,
    noActivityUnits: 1,
    endGraceMs: 0,
    idleMs: null,
    doctorResponseMs: null,
    maxDurationMs: null,
  };
  await sql.query(
    `INSERT INTO text_appointment_sessions (id, appointment_id, patient_id, doctor_id, has_patient_activity,
       has_doctor_activity, last_activity_time, start_time, first_patient_activity_at, next_deadline_at, hold_grant_id,
       event_count, policy)
     SELECT n, n, n, n + ${FIRST_DOCTOR}, true, true, started_at, started_at, started_at,
       started_at + $1::integer * interval '1 ms', n, 3, $2
     FROM clinic`,
    [intervalMs, JSON.stringify(policy)],
  );
}

/** The patient starts, and both write at once. */
async function insertEvents(sql: Client): Promise<void> {
  await sql.query(
    `INSERT INTO session_events (session_id, event_no, type, effective_at, recorded_at, actor_role, actor_id, data)
     SELECT s.id, 1, 'started', s.start_time, s.start_time, 'patient', s.patient_id, jsonb_build_object(
       'appointment_id', s.appointment_id, 'patient_id', s.patient_id, 'doctor_id', s.doctor_id, 'policy', s.policy)
     FROM text_appointment_sessions s
     UNION ALL
     SELECT s.id, 2, 'activity', s.start_time, s.start_time, 'patient', s.patient_id, '{"role": "patient"}'
     FROM text_appointment_sessions s
     UNION ALL
     SELECT s.id, 3, 'activity', s.start_time, s.start_time, 'doctor', s.doctor_id, '{"role": "doctor"}'
     FROM text_appointment_sessions s`,
  );
}

/** The append-only tables refuse even this, so their guards are lifted for the moment: it is the bench's own database. */
async function emptyTables(sql: Client): Promise<void> {
  await sql.query(`SET session_replication_role = replica`);
  await sql.query(
    'TRUNCATE accounts, appointments, grants, text_appointment_sessions, ledger_entries, session_events, messages',
  );
  await sql.query('RESET session_replication_role');
}

/**
 * Moves the sessions with numbers up to `last`, and all that was recorded of them, into the future: their blocks end
 * later. As above, the guards of the append-only tables are lifted for the moment.
 */
export async function postponeSessions(sql: Client, last: number, byMs: number): Promise<void> {
  const values = [last, byMs];
  const by = `$2::integer * interval '1 ms'`;
  await sql.query('BEGIN');
  await sql.query('SET LOCAL session_replication_role = replica');
  await sql.query(
    `UPDATE text_appointment_sessions SET start_time = start_time + ${by}, last_activity_time = last_activity_time + ${by},
       first_patient_activity_at = first_patient_activity_at + ${by}, next_deadline_at = next_deadline_at + ${by}
     WHERE id <= $1`,
    values,
  );
  await sql.query(
    `UPDATE session_events SET effective_at = effective_at + ${by}, recorded_at = recorded_at + ${by} WHERE session_id <= $1`,
    values,
  );
  await sql.query('COMMIT');
}
