import type { Client } from 'pg';

/** The ids of an old clinic: doctor n has this number more, so that no patient has it. */
export const FIRST_DOCTOR = 10_000_000;
/** Has one session of two hundred; everybody else a few dozen. */
export const BUSY_PATIENT = 1;
/** Has one session of twenty. */
export const BUSY_DOCTOR = FIRST_DOCTOR + 1;

const DOCTORS = 200;
const SESSIONS_OF_PATIENT = 50;
const UNITS = 1_000_000;
const DAYS = 730;
/** The last thousand are still active. */
const ACTIVE = 1_000;
/** Whose lines of the audit log are there: one session of so many. */
export const LOGGED = 50;

export interface OldClinic {
  readonly sessions: number;
  readonly patients: number;
  /** When the first session started, and the last one that has ended: half an hour ago. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Two years of a clinic: as many sessions, the next one starting whenever the one before has run for a while, three units
 * each, and of one in a hundred a unit given back. Entries are written in the order in which they were due, as they are in
 * life. Written straight into the tables; nobody audits it.
 */
export async function fillOldClinic(
  sql: Client,
  sessions: number,
  say: (line: string) => void,
): Promise<OldClinic> {
  const patients = Math.ceil(sessions / SESSIONS_OF_PATIENT);
  const step = (what: string, statement: string) => {
    say(what);
    return sql.query(statement);
  };
  // No trigger and no foreign key row by row: they would take longer than the rest.
  await sql.query('SET session_replication_role = replica');
  await step('who has a session with whom, and when', plan(sessions, patients));
  await step('patients, grants and appointments', PEOPLE);
  await step('sessions', SESSIONS);
  await step('the ledger', LEDGER);
  await step('lines of the audit log', EVENTS);
  await sql.query('RESET session_replication_role');
  await sql.query(`SELECT setval('text_appointment_sessions_id_seq', ${sessions})`);
  await step('vacuum', 'VACUUM ANALYZE');
  await sql.query('CHECKPOINT');
  const { rows } = await sql.query<{ first: number; last: number }>(
    `SELECT epoch_ms(min(start_time))::float8 AS first, epoch_ms(max(start_time))::float8 AS last
     FROM text_appointment_sessions WHERE is_ended`,
  );
  return { sessions, patients, firstMs: rows[0]?.first ?? 0, lastMs: rows[0]?.last ?? 0 };
}

const plan = (sessions: number, patients: number) => `
  CREATE TEMPORARY TABLE plan AS
  SELECT n, n > ${sessions - ACTIVE} AS is_active,
    CASE n % 200 WHEN 0 THEN ${BUSY_PATIENT} ELSE 2 + n * 7919 % ${patients - 1} END AS patient,
    ${FIRST_DOCTOR} + CASE n % 20 WHEN 1 THEN 1 ELSE 2 + n * 104729 % ${DOCTORS - 1} END AS doctor,
    date_trunc('milliseconds', CASE WHEN n > ${sessions - ACTIVE} THEN clock.now - interval '2 minutes'
      ELSE clock.now - interval '${DAYS} days' + (n::float8 / ${sessions - ACTIVE}) * (interval '${DAYS} days' - interval '30 minutes') END) AS started,
    CASE WHEN n % 1000 = 7 THEN 'admin_end' WHEN n % 10 = 3 THEN 'balance_exhausted' WHEN n % 10 = 4 THEN 'idle_timeout'
      ELSE 'manual_end' END AS reason
  FROM generate_series(1::bigint, ${sessions}) AS n, (SELECT session_clock() AS now) AS clock;
  ANALYZE plan`;

const PEOPLE = `
  INSERT INTO accounts (patient_id) SELECT DISTINCT patient FROM plan;
  INSERT INTO grants (id, patient_id, units_subscribed, units_total, remaining, held, starts_at)
    SELECT patient, patient, ${UNITS}, ${UNITS}, ${UNITS} - 3 * count(*) FILTER (WHERE NOT is_active),
      count(*) FILTER (WHERE is_active), min(started) - interval '1 day'
    FROM plan GROUP BY patient;
  INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at, has_session)
    SELECT n, patient, doctor, 'text', 'confirmed', started, true FROM plan ORDER BY n`;

const POLICY = `{"intervalMs": 600000, "firstActivityMs": 600000, "noActivityUnits": 1, "endGraceMs": 0, "idleMs": null,
  "doctorResponseMs": null, "maxDurationMs": null}`;

const SESSIONS = `
  INSERT INTO text_appointment_sessions (id, appointment_id, patient_id, doctor_id, is_active, is_ended,
    has_patient_activity, has_doctor_activity, sessions_used, block_no, event_count, message_count, last_activity_time,
    start_time, first_patient_activity_at, next_deadline_at, hold_grant_id, ended_at, end_recorded_at, end_units, end_reason,
    policy)
  SELECT n, n, patient, doctor, is_active, NOT is_active, true, true, CASE WHEN is_active THEN 0 ELSE 3 END,
    CASE WHEN is_active THEN 0 ELSE 2 END, 5, 0, started, started, started,
    CASE WHEN is_active THEN started + interval '10 minutes' END, CASE WHEN is_active THEN patient END,
    CASE WHEN NOT is_active THEN started + interval '25 minutes' END,
    CASE WHEN NOT is_active THEN started + interval '25 minutes' END, CASE WHEN NOT is_active THEN 1 END,
    CASE WHEN NOT is_active THEN reason END, '${POLICY}'
  FROM plan ORDER BY n`;

const LEDGER = `
  INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at,
    recorded_at, kind, reason, actor_role, actor_id)
  SELECT patient, patient, session, no, units, ${UNITS / 2}, at, at, kind, reason, role, actor
  FROM (
    SELECT patient, NULL::bigint AS session, NULL::integer AS no, ${UNITS} AS units, min(started) - interval '1 day' AS at,
      'grant' AS kind, 'subscription' AS reason, 'admin' AS role, 1::bigint AS actor
    FROM plan GROUP BY patient
    UNION ALL
    SELECT patient, n, no, -1, started + least(no * 10, 25) * interval '1 minute', 'charge',
      CASE no WHEN 3 THEN 'manual_end' ELSE 'interval' END, CASE no WHEN 3 THEN 'doctor' ELSE 'system' END,
      CASE no WHEN 3 THEN doctor END
    FROM plan, generate_series(1, 3) AS no WHERE NOT is_active
    UNION ALL
    SELECT patient, n, 1, 1, started + interval '26 minutes', 'refund', 'correction', 'admin', 1
    FROM plan WHERE n % 100 = 50 AND NOT is_active
  ) AS entry
  ORDER BY at`;

const EVENTS = `
  INSERT INTO session_events (session_id, event_no, type, effective_at, recorded_at, actor_role, actor_id, data)
  SELECT n, no, CASE no WHEN 1 THEN 'started' WHEN 5 THEN 'ended' ELSE 'deduction' END, at, at, 'patient', patient,
    CASE no WHEN 1 THEN jsonb_build_object('appointment_id', n, 'patient_id', patient, 'doctor_id', doctor)
      WHEN 5 THEN jsonb_build_object('reason', reason, 'units', 1)
      ELSE jsonb_build_object('interval_no', no - 1, 'reason', 'interval', 'units', 1, 'grant_id', patient) END
  FROM (SELECT *, started + least((no - 1) * 10, 25) * interval '1 minute' AS at FROM plan, generate_series(1, 5) AS no
    WHERE n % ${LOGGED} = 0 AND NOT is_active ORDER BY n, no) AS line`;
