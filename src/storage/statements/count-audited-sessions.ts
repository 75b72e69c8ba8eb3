import type { AuditRequest } from '../../audit/audit.ts';
import { Prisma } from '../client.ts';

export interface AuditedSessionsRow {
  readonly sessions: number;
}

/** How many sessions ended in a period; counts no further than `limit`. */
export const countAuditedSessions = ({ from, to, patientId }: AuditRequest, limit: number) => Prisma.sql`
  SELECT count(*)::float8 AS sessions FROM (
    SELECT FROM text_appointment_sessions
    WHERE is_ended AND end_recorded_at >= coalesce(instant(${from}::bigint), '-infinity')
      AND ended_at >= coalesce(instant(${from}::bigint), '-infinity')
      AND ended_at < coalesce(instant(${to}::bigint), 'infinity')
      AND (${patientId}::bigint IS NULL OR patient_id = ${patientId}::bigint)
    LIMIT ${limit}::integer
  ) AS ended`;
