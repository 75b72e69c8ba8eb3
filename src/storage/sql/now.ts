import { Prisma } from '../client.ts';
import { DEAD_AFTER } from './processes.ts';
import { EVERYBODYS } from './session-list.ts';

/** How long after its deadline a session counts as overdue. The sweep comes soon after, where an alarm was lost. */
const OVERDUE_AFTER = Prisma.sql`interval '5 seconds'`;

export interface DatabaseStateRow {
  readonly now_ms: number;
  readonly active: number;
  readonly due: number;
  readonly overdue: number;
  readonly overdue_since_ms: number | null;
  readonly worker_seen_ms: number | null;
  readonly oldest_start_ms: number | null;
  readonly processes: readonly ProcessJson[];
  readonly last_audit: LastAuditJson | null;
}

export interface ProcessJson {
  readonly id: string;
  readonly kind: 'api' | 'worker';
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly started_ms: number;
  readonly seen_ms: number;
}

export interface LastAuditJson {
  readonly night: string;
  readonly finished_ms: number;
  readonly sessions: number;
  readonly differences: number;
  readonly is_acknowledged: boolean;
}

const oldestStart = (state: Prisma.Sql) => Prisma.sql`(
      SELECT start_time FROM text_appointment_sessions WHERE ${state} ORDER BY start_time, id LIMIT 1)`;

/** Sessions, processes and the last audit at this instant: one row, always. */
export const findState = () => Prisma.sql`
  WITH clock AS MATERIALIZED (SELECT session_clock() AS now),
  sessions AS (
    SELECT count(*) AS active,
      count(*) FILTER (WHERE next_deadline_at BETWEEN now - ${OVERDUE_AFTER} AND now + interval '1 minute') AS due,
      count(*) FILTER (WHERE next_deadline_at < now - ${OVERDUE_AFTER}) AS overdue,
      min(next_deadline_at) FILTER (WHERE next_deadline_at < now - ${OVERDUE_AFTER}) AS overdue_since
    FROM text_appointment_sessions, clock WHERE is_active
  ),
  living AS (
    SELECT json_agg(json_build_object(
      'id', id, 'kind', kind, 'host', host, 'pid', pid, 'version', version,
      'started_ms', epoch_ms(started_at), 'seen_ms', epoch_ms(seen_at)
    ) ORDER BY kind, started_at, id) AS processes
    FROM processes, clock WHERE stopped_at IS NULL AND seen_at > now - ${DEAD_AFTER}
  ),
  workers AS (
    SELECT seen_at FROM processes WHERE kind = 'worker' ORDER BY started_at DESC LIMIT 100
  )
  SELECT epoch_ms(now)::float8 AS now_ms, active::float8, due::float8, overdue::float8,
    epoch_ms(overdue_since)::float8 AS overdue_since_ms,
    (SELECT epoch_ms(max(seen_at)) FROM workers)::float8 AS worker_seen_ms,
    epoch_ms(least(${oldestStart(EVERYBODYS.active)}, ${oldestStart(EVERYBODYS.ended)}))::float8 AS oldest_start_ms,
    coalesce(processes, '[]') AS processes,
    (
      SELECT json_build_object(
        'night', night::text, 'finished_ms', epoch_ms(finished_at), 'sessions', sessions, 'differences', differences,
        'is_acknowledged', acknowledged_at IS NOT NULL
      ) FROM audit_runs WHERE finished_at IS NOT NULL ORDER BY night DESC LIMIT 1
    ) AS last_audit
  FROM clock, sessions, living`;

export interface MinuteRow {
  /** Null: of the whole hour. */
  readonly minute_ms: number | null;
  /** The current minute. */
  readonly this_minute_ms: number;
  readonly deductions: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
}

/**
 * Deductions by the minute in which they were written, this minute and the 59 before it, and all of them in one row. By
 * the index on the time of writing, so it reads what is new, however long the ledger.
 */
export const findLastHour = () => Prisma.sql`
  WITH clock AS MATERIALIZED (SELECT date_trunc('minute', session_clock()) AS this_minute),
  charges AS (
    SELECT date_trunc('minute', recorded_at) AS minute, greatest(0, epoch_ms(recorded_at) - epoch_ms(effective_at)) AS late_ms
    FROM ledger_entries
    WHERE recorded_at >= (SELECT this_minute FROM clock) - interval '59 minutes' AND kind = 'charge'
  )
  SELECT epoch_ms(minute)::float8 AS minute_ms, (SELECT epoch_ms(this_minute) FROM clock)::float8 AS this_minute_ms,
    count(late_ms)::float8 AS deductions,
    (percentile_disc(0.5) WITHIN GROUP (ORDER BY late_ms))::float8 AS p50_ms,
    (percentile_disc(0.99) WITHIN GROUP (ORDER BY late_ms))::float8 AS p99_ms
  FROM charges
  GROUP BY GROUPING SETS ((minute), ())`;

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
