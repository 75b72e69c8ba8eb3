import type { AuditRequest } from '../../audit/audit.ts';
import { Prisma } from '../client.ts';
import { beginOf, isWithin } from './period.ts';

export interface AuditedSessionsRow {
  readonly sessions: number;
}

/**
 * How many sessions ended in a period, of one patient or of all; counts no further than `limit`. One patient's are
 * `is_active = false` and not `is_ended`, which would let PostgreSQL walk the index of everybody's ends.
 */
export function countAuditedSessions({ patientId, ...period }: AuditRequest, limit: number) {
  const whose =
    patientId === null
      ? Prisma.sql`is_ended AND end_recorded_at >= ${beginOf(period)}`
      : Prisma.sql`patient_id = ${patientId}::bigint AND is_active = false`;
  return Prisma.sql`
  SELECT count(*)::float8 AS sessions FROM (
    SELECT FROM text_appointment_sessions
    WHERE ${whose} AND ${isWithin(Prisma.sql`ended_at`, period)}
    LIMIT ${limit}::integer
  ) AS ended`;
}
