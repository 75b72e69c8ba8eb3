import type { Client } from 'pg';

/** The ids that the bench uses: patient n and appointment n, doctor n + this. */
export const FIRST_DOCTOR = 10_000_000;

const POLICY = {
  intervalMs: 600_000,
  firstActivityMs: 600_000,
  noActivityUnits: 1,
  endGraceMs: 0,
  idleMs: null,
  doctorResponseMs: null,
  maxDurationMs: null,
};

/**
 * As many live sessions, a patient each, in which both sides have written and whose first block ends `dueInMs`
 * from now. Written straight into the tables: a bench measures what comes after.
 */
export async function fillWithSessions(sql: Client, count: number, dueInMs: number): Promise<void> {
  await emptyTables(sql);
  const series = `generate_series(1, ${count}) AS n`;
  await sql.query(`INSERT INTO accounts (patient_id) SELECT n FROM ${series}`);
  await sql.query(
    `INSERT INTO grants (id, patient_id, units_subscribed, units_total, remaining, held, starts_at)
     SELECT n, n, 100, 100, 100, 1, session_clock() - interval '1 day' FROM ${series}`,
  );
  await sql.query(
    `INSERT INTO ledger_entries (patient_id, grant_id, units, balance_after, effective_at, recorded_at, kind, reason, actor_role)
     SELECT n, n, 100, 100, session_clock() - interval '1 day', session_clock() - interval '1 day', 'grant', 'subscription', 'system'
     FROM ${series}`,
  );
  await sql.query(
    `INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at)
     SELECT n, n, n + ${FIRST_DOCTOR}, 'text', 'confirmed', session_clock() FROM ${series}`,
  );
  await sql.query(
    `INSERT INTO text_appointment_sessions (id, appointment_id, patient_id, doctor_id, has_patient_activity,
       has_doctor_activity, last_activity_time, start_time, first_patient_activity_at, next_deadline_at, hold_grant_id, policy)
     SELECT n, n, n, n + ${FIRST_DOCTOR}, true, true, started.at, started.at, started.at,
       started.at + interval '10 minutes', n, $1
     FROM ${series}, (SELECT session_clock() + $2::integer * interval '1 ms' - interval '10 minutes' AS at) AS started`,
    [JSON.stringify(POLICY), dueInMs],
  );
  await sql.query('VACUUM ANALYZE');
  await sql.query('CHECKPOINT');
}

/** The append-only tables refuse even this, so their guards are lifted for the moment: it is the bench's own database. */
async function emptyTables(sql: Client): Promise<void> {
  await sql.query(`SET session_replication_role = replica`);
  await sql.query(
    'TRUNCATE accounts, appointments, grants, text_appointment_sessions, ledger_entries, session_events, messages',
  );
  await sql.query('RESET session_replication_role');
}

/** One charge per session and block, and every balance the sum of its entries: nothing lost, nothing doubled. */
export async function expectExactCharges(sql: Client, sessions: number): Promise<void> {
  const { rows } = await sql.query<{ charges: number; sessions: number; untrue: number }>(
    `SELECT count(*)::integer AS charges, count(DISTINCT session_id)::integer AS sessions,
       (SELECT count(*)::integer FROM (
          SELECT g.id FROM grants g JOIN ledger_entries e ON e.grant_id = g.id
          GROUP BY g.id HAVING g.remaining <> sum(e.units)) AS wrong) AS untrue
     FROM ledger_entries WHERE kind = 'charge'`,
  );
  const [found] = rows;
  if (found?.charges !== sessions || found.sessions !== sessions || found.untrue !== 0)
    throw new Error(`${sessions} charges were due; found ${JSON.stringify(found)}`);
}
