import { Prisma } from '../client.ts';

export interface SessionCountsRow {
  readonly active: number;
  readonly overdue: number;
}

/** How many sessions are live, and of these how many should have been settled more than `graceMs` ago. */
export const countSessions = (graceMs: number) => Prisma.sql`
  SELECT count(*)::float8 AS active,
    (count(*) FILTER (WHERE next_deadline_at < clock.now - ${graceMs}::integer * interval '1 millisecond'))::float8 AS overdue
  FROM text_appointment_sessions, (SELECT session_clock() AS now) AS clock
  WHERE is_active`;
