import type { AppointmentFilter } from '../../sessions/records.ts';
import { Prisma } from '../client.ts';
import { startOf } from './session-list.ts';

/** The position of an appointment in its list, and its id. */
export interface AppointmentPositionRow {
  readonly position: number;
  readonly appointment_id: number;
}

type Asked = Pick<AppointmentFilter, 'caller' | 'cursor'>;

/**
 * The caller's appointments that nobody has started, the earliest first. A list of a patient and one of a doctor, each by
 * its own index, and nobody is both in one appointment. The conditions are those of the indexes, word for word.
 */
export function findUpcoming({ caller, cursor }: Asked, limit: number): Prisma.Sql {
  const listOf = (role: Prisma.Sql) => Prisma.sql`(
    SELECT scheduled_at, id FROM appointments
    WHERE ${role} = ${caller}::bigint
      AND type = 'text' AND status IN ('pending', 'confirmed') AND NOT has_session
      AND (scheduled_at, id) > (
        coalesce(instant(${cursor?.position ?? null}::bigint), '-infinity'), ${cursor?.appointmentId ?? 0}::bigint
      )
    ORDER BY scheduled_at, id LIMIT ${limit}::integer)`;
  return Prisma.sql`
  SELECT epoch_ms(scheduled_at)::float8 AS position, id::float8 AS appointment_id
  FROM (${listOf(PATIENT)} UNION ALL ${listOf(DOCTOR)}) AS own
  ORDER BY scheduled_at, id LIMIT ${limit}::integer`;
}

/** Those whose session is active, the one that was started last first. */
export const findActive = (asked: Asked, limit: number): Prisma.Sql =>
  findStarted(Prisma.sql`is_active`, asked, limit);

/** Those whose session has ended, the one that was started last first. */
export const findEnded = (asked: Asked, limit: number): Prisma.Sql =>
  findStarted(Prisma.sql`NOT is_active`, asked, limit);

/** The cursor is the session, whose start never changes. `state` is no parameter: a plan is made once, for both. */
function findStarted(state: Prisma.Sql, { caller, cursor }: Asked, limit: number): Prisma.Sql {
  const isBefore =
    cursor === null
      ? Prisma.empty
      : Prisma.sql`AND (start_time, id) < (${startOf(cursor.position)}, ${cursor.position}::bigint)`;
  const listOf = (role: Prisma.Sql) => Prisma.sql`(
    SELECT id, start_time, appointment_id FROM text_appointment_sessions
    WHERE ${role} = ${caller}::bigint AND ${state} ${isBefore}
    ORDER BY start_time DESC, id DESC LIMIT ${limit}::integer)`;
  return Prisma.sql`
  SELECT id::float8 AS position, appointment_id::float8 AS appointment_id
  FROM (${listOf(PATIENT)} UNION ALL ${listOf(DOCTOR)}) AS own
  ORDER BY start_time DESC, id DESC LIMIT ${limit}::integer`;
}

const PATIENT = Prisma.sql`patient_id`;
const DOCTOR = Prisma.sql`doctor_id`;
