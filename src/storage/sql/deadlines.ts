import type { SessionId } from '../../billing/ids.ts';
import type { Instant } from '../../billing/time.ts';
import type { Alarm } from '../../sessions/alarms.ts';
import { Prisma } from '../client.ts';

export interface DeadlineRow {
  readonly session_id: number;
  readonly appointment_id: number;
  readonly started_ms: number;
  readonly interval_ms: number;
  readonly next_deadline_ms: number;
}

/** One page of all active sessions, the earliest stored deadline first. */
export const pageDeadlines = (after: Pick<Alarm, 'sessionId' | 'at'> | null, limit: number) => Prisma.sql`
  SELECT s.id::float8 AS session_id, s.appointment_id::float8 AS appointment_id,
    epoch_ms(s.start_time)::float8 AS started_ms, (s.policy ->> 'intervalMs')::float8 AS interval_ms,
    epoch_ms(s.next_deadline_at)::float8 AS next_deadline_ms
  FROM text_appointment_sessions s
  WHERE s.is_active
    AND (s.next_deadline_at, s.id) > (
      coalesce(instant(${after?.at ?? null}::bigint), '-infinity'), ${after?.sessionId ?? 0}::bigint
    )
  ORDER BY s.next_deadline_at, s.id
  LIMIT ${limit}::integer`;

export interface SettledRow {
  readonly kind: 'charge' | 'refund';
  readonly reason: string;
  readonly units: number;
  readonly interval_no: number | null;
  readonly recorded_ms: number;
}

/**
 * What was charged and given back for one deadline of a session, in the ledger's order. The kinds are written out, or
 * no index could be used and each question would read the whole ledger.
 */
export const findSettled = (id: SessionId, at: Instant) => Prisma.sql`
  SELECT kind, reason, units, interval_no, epoch_ms(recorded_at)::float8 AS recorded_ms
  FROM (
    SELECT * FROM ledger_entries WHERE kind = 'charge' AND session_id = ${id}::bigint
    UNION ALL
    SELECT * FROM ledger_entries WHERE kind = 'refund' AND session_id = ${id}::bigint
  ) AS entry
  WHERE effective_at = instant(${at}::bigint)
  ORDER BY id`;
