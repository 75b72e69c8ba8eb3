import type { AuditRequest } from '../../audit/audit.ts';
import { Prisma } from '../client.ts';

export interface AuditedSessionsRow {
  readonly sessions: number;
}

/**
 * How many sessions ended in a period, of one patient or of all; counts no further than `limit`. One patient's are
 * `is_active = false` and not `is_ended`, which would let PostgreSQL walk the index of everybody's ends.
 */
export function countAuditedSessions({ from, to, patientId }: AuditRequest, limit: number) {
  const begin = Prisma.sql`coalesce(instant(${from}::bigint), '-infinity')`;
  const end = Prisma.sql`coalesce(instant(${to}::bigint), 'infinity')`;
  const whose =
    patientId === null
      ? Prisma.sql`is_ended AND end_recorded_at >= ${begin}`
      : Prisma.sql`patient_id = ${patientId}::bigint AND is_active = false`;
  return Prisma.sql`
  SELECT count(*)::float8 AS sessions FROM (
    SELECT FROM text_appointment_sessions
    WHERE ${whose} AND ended_at >= ${begin} AND ended_at < ${end}
    LIMIT ${limit}::integer
  ) AS ended`;
}
