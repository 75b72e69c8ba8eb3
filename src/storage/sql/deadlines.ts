import type { Alarm } from '../../sessions/alarms.ts';
import { Prisma } from '../client.ts';
import { bigintArray } from '../columns.ts';

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
  /** From 1, in the order of what was asked. */
  readonly position: number;
  readonly entries: readonly {
    readonly kind: 'charge' | 'refund';
    readonly reason: string;
    readonly units: number;
    readonly interval_no: number | null;
    readonly recorded_ms: number;
  }[];
  /** Null where the session did not end at this deadline. */
  readonly end_reason: string | null;
  readonly end_recorded_ms: number | null;
}

/**
 * For each deadline of a session: what was charged and given back, in the ledger's order, and the end. The kinds are
 * written out, or no index could be used and each question would read the whole ledger.
 */
export const findSettled = (asked: readonly Pick<Alarm, 'sessionId' | 'at'>[]) => Prisma.sql`
  SELECT asked.position::float8 AS position, coalesce(entries.all_of_them, '[]') AS entries,
    s.end_reason, epoch_ms(s.end_recorded_at)::float8 AS end_recorded_ms
  FROM unnest(${bigintArray(asked.map(({ sessionId }) => sessionId))}, ${bigintArray(asked.map(({ at }) => at))})
    WITH ORDINALITY AS asked (session_id, at_ms, position)
  LEFT JOIN text_appointment_sessions s ON s.id = asked.session_id AND s.ended_at = instant(asked.at_ms)
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object(
      'kind', kind, 'reason', reason, 'units', units, 'interval_no', interval_no, 'recorded_ms', epoch_ms(recorded_at)
    ) ORDER BY id) AS all_of_them
    FROM (
      SELECT * FROM ledger_entries WHERE kind = 'charge' AND session_id = asked.session_id
      UNION ALL
      SELECT * FROM ledger_entries WHERE kind = 'refund' AND session_id = asked.session_id
    ) AS entry
    WHERE effective_at = instant(asked.at_ms)
  ) AS entries`;
