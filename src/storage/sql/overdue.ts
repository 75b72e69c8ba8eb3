import type { OverduePage } from '../../sessions/store.ts';
import { Prisma } from '../client.ts';

export interface OverdueRow {
  readonly session_id: number;
  readonly next_deadline_ms: number;
}

/**
 * One page of sessions that should have been settled by now, the youngest deadline first: after an outage the alarms come
 * oldest first, so the two work towards each other instead of on the same sessions. Those that another transaction has
 * locked are left out.
 */
export const findOverdue = ({ graceMs, limit, after }: OverduePage) => Prisma.sql`
  SELECT s.id::float8 AS session_id, epoch_ms(s.next_deadline_at)::float8 AS next_deadline_ms
  FROM text_appointment_sessions s
  WHERE s.is_active
    AND s.next_deadline_at < (SELECT session_clock()) - ${graceMs}::integer * interval '1 millisecond'
    AND (s.next_deadline_at, s.id) < (
      coalesce(instant(${after?.nextDeadlineAt ?? null}::bigint), 'infinity'), ${after?.sessionId ?? 0}::bigint
    )
  ORDER BY s.next_deadline_at DESC, s.id DESC
  LIMIT ${limit}::integer
  FOR NO KEY UPDATE OF s SKIP LOCKED`;
