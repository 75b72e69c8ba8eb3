import type { Client } from 'pg';

/**
 * Moves the sessions with numbers up to `last`, and all that is told of them, so far into the future: their blocks end
 * later. As in `fillWithSessions`, the guards of the append-only tables are lifted for the moment.
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
