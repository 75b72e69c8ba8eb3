import type { LedgerFilter } from '../../sessions/records.ts';
import { Prisma } from '../client.ts';
import { isWithin } from './period.ts';

export interface DoctorEntryRow {
  readonly entry_id: number;
}

/**
 * One page of the entries that sessions of one doctor left, the oldest first. Only charges and refunds speak of a
 * session, and each has its index: so this takes a time that grows with the doctor's sessions, and not with the ledger.
 */
export const findEntriesOfDoctor = (
  doctorId: number,
  { cursor, ...period }: LedgerFilter,
  limit: number,
) => Prisma.sql`
  SELECT e.id::float8 AS entry_id
  FROM text_appointment_sessions s CROSS JOIN LATERAL (
    SELECT id, effective_at FROM ledger_entries WHERE session_id = s.id AND kind = 'charge'
    UNION ALL SELECT id, effective_at FROM ledger_entries WHERE session_id = s.id AND kind = 'refund'
    OFFSET 0
  ) AS e
  WHERE s.doctor_id = ${doctorId}::bigint AND e.id > ${cursor ?? 0}::bigint
    AND ${isWithin(Prisma.sql`e.effective_at`, period)}
  ORDER BY e.id
  LIMIT ${limit}::integer`;
