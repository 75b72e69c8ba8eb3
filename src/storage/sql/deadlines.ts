import type { Alarm } from '../../sessions/alarms.ts';
import { Prisma } from '../client.ts';

export interface DeadlineRow {
  readonly session_id: number;
  readonly next_deadline_ms: number;
}

/** One page of all active sessions, the earliest stored deadline first. */
export const pageDeadlines = (after: Alarm | null, limit: number) => Prisma.sql`
  SELECT s.id::float8 AS session_id, epoch_ms(s.next_deadline_at)::float8 AS next_deadline_ms
  FROM text_appointment_sessions s
  WHERE s.is_active
    AND (s.next_deadline_at, s.id) > (
      coalesce(instant(${after?.at ?? null}::bigint), '-infinity'), ${after?.sessionId ?? 0}::bigint
    )
  ORDER BY s.next_deadline_at, s.id
  LIMIT ${limit}::integer`;
