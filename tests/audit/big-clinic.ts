/** A big clinic's books, made by SQL as the engine would have written them: thousands of sessions in a second. */
import type { Client } from 'pg';

export interface BigClinic {
  readonly patients: number;
  readonly sessionsEach: number;
  readonly messagesEach: number;
}

/** Lines of the audit log that each session leaves, beside its messages: start, two firsts, three units, the end. */
const LINES = 7;

/**
 * Every session runs 25 minutes under the usual rules, an hour after the one before it: units at 10, 20 and 25, and
 * messages from the second minute to the seventeenth. One grant a patient pays for all.
 */
export async function fillBigClinic(sql: Client, clinic: BigClinic): Promise<void> {
  const { patients, sessionsEach, messagesEach } = clinic;
  const s = `s.start + interval '1 minute'`;
  await sql.query(`
    INSERT INTO accounts (patient_id) SELECT generate_series(1, ${patients});
    INSERT INTO grants (id, patient_id, units_subscribed, units_total, remaining, held, starts_at)
      SELECT p, p, 10000, 10000, 10000 - 3 * ${sessionsEach}, 0, '2026-01-01Z' FROM generate_series(1, ${patients}) p;
    INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at)
      SELECT (p - 1) * ${sessionsEach} + n, p, ${patients} + 1 + p % 50, 'text', 'confirmed', '2026-01-02Z'
      FROM generate_series(1, ${patients}) p, generate_series(1, ${sessionsEach}) n;
    INSERT INTO text_appointment_sessions (
        id, appointment_id, patient_id, doctor_id, is_active, is_ended, has_patient_activity, has_doctor_activity,
        sessions_used, block_no, event_count, message_count, last_activity_time, start_time,
        first_patient_activity_at, ended_at, end_recorded_at, end_units, end_reason, policy)
      SELECT id, id, patient_id, doctor_id, false, true, true, true, 3, 2, ${LINES + messagesEach}, ${messagesEach},
        start + interval '17 minutes', start, start + interval '1 minute', start + interval '25 minutes',
        start + interval '25 minutes', 1, 'manual_end',
        '{"intervalMs": 600000, "firstActivityMs": 600000, "noActivityUnits": 1, "endGraceMs": 0, "idleMs": null, "doctorResponseMs": null, "maxDurationMs": null}'
      FROM (SELECT *, timestamptz '2026-01-02Z' + ((id - 1) % ${sessionsEach}) * interval '1 hour' AS start
            FROM appointments) AS a;
    CREATE TEMP TABLE s AS
      SELECT id, patient_id, doctor_id, appointment_id, start_time AS start, policy, (id - 1) % ${sessionsEach} AS nth
      FROM text_appointment_sessions;
    INSERT INTO ledger_entries (patient_id, grant_id, units, balance_after, effective_at, recorded_at, kind, reason,
        actor_role, actor_id, details)
      SELECT p, p, 10000, 10000, '2026-01-01Z', '2026-01-01Z', 'grant', 'subscription', 'admin', 1,
        json_build_object('starts_at_ms', epoch_ms('2026-01-01Z'), 'expires_at_ms', null)
      FROM generate_series(1, ${patients}) p;
    INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at,
        recorded_at, kind, reason, actor_role, actor_id)
      SELECT patient_id, patient_id, id, no, -1, 10000 - 3 * nth - no, at, at, 'charge', reason,
        CASE reason WHEN 'interval' THEN 'system' ELSE 'doctor' END, CASE reason WHEN 'interval' THEN null ELSE doctor_id END
      FROM (SELECT s.*, no, CASE no WHEN 3 THEN 'manual_end' ELSE 'interval' END AS reason,
              start + least(no * 10, 25) * interval '1 minute' AS at
            FROM s, generate_series(1, 3) no ORDER BY nth, no) AS charges;
    INSERT INTO session_events (session_id, event_no, type, effective_at, recorded_at, actor_role, actor_id, data)
      SELECT id, row_number() OVER (PARTITION BY id ORDER BY at, rank), type, at, at, role,
        CASE role WHEN 'doctor' THEN doctor_id WHEN 'patient' THEN patient_id END, data
      FROM (
        SELECT id, patient_id, doctor_id, start AS at, 0 AS rank, 'started' AS type, 'patient' AS role, json_build_object(
          'appointment_id', appointment_id, 'patient_id', patient_id, 'doctor_id', doctor_id, 'policy', policy)::jsonb AS data FROM s
        UNION ALL SELECT id, patient_id, doctor_id, ${s}, 1, 'activity', 'patient', '{"role": "patient"}' FROM s
        UNION ALL SELECT id, patient_id, doctor_id, ${s}, 2, 'activity', 'doctor', '{"role": "doctor"}' FROM s
        UNION ALL SELECT id, patient_id, doctor_id, start + interval '2 minutes' + m * interval '15 minutes' / ${messagesEach},
          3, 'message', CASE m % 2 WHEN 0 THEN 'doctor' ELSE 'patient' END,
          json_build_object('message_no', m, 'client_message_id', gen_random_uuid())::jsonb
          FROM s, generate_series(1, ${messagesEach}) m
        UNION ALL SELECT id, patient_id, doctor_id, start + least(no * 10, 25) * interval '1 minute', 4, 'deduction',
          CASE no WHEN 3 THEN 'doctor' ELSE 'system' END, json_build_object('interval_no', no, 'reason',
          CASE no WHEN 3 THEN 'manual_end' ELSE 'interval' END, 'units', 1, 'grant_id', patient_id)::jsonb
          FROM s, generate_series(1, 3) no
        UNION ALL SELECT id, patient_id, doctor_id, start + interval '25 minutes', 5, 'ended', 'doctor',
          json_build_object('reason', 'manual_end', 'units', 1, 'last_activity_ms', epoch_ms(start + interval '17 minutes'))::jsonb FROM s
      ) AS lines;
    ANALYZE`);
}
