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
