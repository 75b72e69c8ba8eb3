import type { Activity } from '../../sessions/store.ts';
import { Prisma } from '../client.ts';
import { bigintArray } from '../columns.ts';

export interface TouchedRow {
  /** One row in all: a row costs more than what is in it. */
  readonly touched: readonly (readonly [
    /** Which of the activities it was, from 0. */
    position: number,
    sessionId: number,
    lastActivityMs: number,
    /** Whether the session ends a time after its last activity (R8). */
    movesEnd: boolean,
  ])[];
}

/**
 * The fast path for an activity (fast-path.ts): its sender has written before and the session's stored
 * deadline, which is never later than the true one, has not come. Then all that changes is the time of the last
 * activity, a column without an index. A session that another transaction has locked is left out: this waits for no
 * lock, so no session can hold up the others. The clock is read after the last lock (R1).
 *
 * `updated_at` stays: it tells when the session last changed by a decision, and eight bytes less go to the log.
 */
export const touchSessions = (activities: readonly Activity[]) => Prisma.sql`
  WITH wanted AS MATERIALIZED (
    SELECT appointment_id, caller, (position - 1)::integer AS position
    FROM unnest(
      ${bigintArray(activities.map(({ appointmentId }) => appointmentId))},
      ${bigintArray(activities.map(({ caller }) => caller))}
    ) WITH ORDINALITY AS w (appointment_id, caller, position)
  ),
  session AS MATERIALIZED (
    SELECT s.id, s.appointment_id, s.patient_id, s.doctor_id, s.has_patient_activity, s.has_doctor_activity,
      s.next_deadline_at
    FROM text_appointment_sessions s
    WHERE s.appointment_id = ANY (${bigintArray(activities.map(({ appointmentId }) => appointmentId))}) AND s.is_active
    FOR NO KEY UPDATE SKIP LOCKED
  ),
  clock AS MATERIALIZED (SELECT session_clock() AS now FROM (SELECT count(*) FROM session) AS locked),
  accepted AS MATERIALIZED (
    SELECT w.position, s.id
    FROM wanted w JOIN session s ON s.appointment_id = w.appointment_id
    WHERE s.next_deadline_at > (SELECT now FROM clock) AND (
      (s.patient_id = w.caller AND s.has_patient_activity) OR (s.doctor_id = w.caller AND s.has_doctor_activity)
    )
  ),
  touched AS (
    UPDATE text_appointment_sessions s
    SET last_activity_time = greatest(s.last_activity_time, clock.now)
    FROM clock
    WHERE s.id IN (SELECT id FROM accepted)
    RETURNING s.id, s.last_activity_time, s.policy -> 'idleMs' <> 'null' AS moves_end
  )
  SELECT coalesce(json_agg(json_build_array(
      accepted.position, touched.id, epoch_ms(touched.last_activity_time), touched.moves_end
    )), '[]') AS touched
  FROM accepted JOIN touched ON touched.id = accepted.id`;
