import type { AuditRequest } from '../../audit/audit.ts';
import { Prisma } from '../client.ts';

export interface AuditedAccountRow {
  readonly patient_id: number;
  /** Lines of its audit log. */
  readonly events: number;
  /** Where the account stands in the order of its page. */
  readonly place_ms: number;
  readonly place_id: number;
}

export interface AuditPlace {
  readonly placeMs: number;
  readonly placeId: number;
}

const eventsOf = (patient: Prisma.Sql) => Prisma.sql`(
  SELECT coalesce(sum(event_count), 0)::float8 FROM text_appointment_sessions WHERE patient_id = ${patient})`;

/** One page of all accounts there are, by their patients. */
export const findAllAccounts = (
  patientId: number | null,
  after: AuditPlace | null,
  limit: number,
) => Prisma.sql`
  SELECT a.patient_id::float8 AS patient_id, ${eventsOf(Prisma.sql`a.patient_id`)} AS events,
    0::float8 AS place_ms, a.patient_id::float8 AS place_id
  FROM accounts a
  WHERE a.patient_id > ${after?.placeId ?? 0}::bigint
    AND (${patientId}::bigint IS NULL OR a.patient_id = ${patientId}::bigint)
  ORDER BY a.patient_id
  LIMIT ${limit}::integer`;

/**
 * One page of the accounts of which a session ended in a period, each once: at the first of those sessions, in the
 * order in which their ends were written down. No end is written down before it comes.
 */
export function findAccountsOfPeriod(
  { from, to, by, patientId }: AuditRequest,
  after: AuditPlace | null,
  limit: number,
) {
  const at = Prisma.raw(by === 'ended' ? 'ended_at' : 'end_recorded_at');
  const begin = Prisma.sql`coalesce(instant(${from}::bigint), '-infinity')`;
  const end = Prisma.sql`coalesce(instant(${to}::bigint), 'infinity')`;
  return Prisma.sql`
  SELECT s.patient_id::float8 AS patient_id, ${eventsOf(Prisma.sql`s.patient_id`)} AS events,
    epoch_ms(s.end_recorded_at)::float8 AS place_ms, s.id::float8 AS place_id
  FROM text_appointment_sessions s
  WHERE s.is_ended AND s.end_recorded_at >= ${begin} AND s.${at} >= ${begin} AND s.${at} < ${end}
    AND (s.end_recorded_at, s.id) > (
      coalesce(instant(${after?.placeMs ?? null}::bigint), '-infinity'), ${after?.placeId ?? 0}::bigint
    )
    AND (${patientId}::bigint IS NULL OR s.patient_id = ${patientId}::bigint)
    AND NOT EXISTS (
      SELECT FROM text_appointment_sessions earlier
      WHERE earlier.patient_id = s.patient_id AND earlier.is_active = false
        AND earlier.${at} >= ${begin} AND earlier.${at} < ${end}
        AND (earlier.end_recorded_at, earlier.id) < (s.end_recorded_at, s.id)
    )
  ORDER BY s.end_recorded_at, s.id
  LIMIT ${limit}::integer`;
}
