import type { Instant } from '../../billing/time.ts';
import { Prisma } from '../client.ts';
import { bigintArray } from '../columns.ts';
import { DEAD_AFTER } from './processes.ts';

export interface WorkersAwayRow {
  readonly at_ms: number;
  readonly last_seen_ms: number;
}

/** Those of the instants at which no worker lived, though one had before: an instant before the first is not in the records. */
export const findWorkersAway = (instants: readonly Instant[]) => Prisma.sql`
  SELECT epoch_ms(due.at)::float8 AS at_ms, epoch_ms(workers.last_seen_at)::float8 AS last_seen_ms
  FROM (SELECT instant(ms) AS at FROM unnest(${bigintArray(instants)}) AS ms) AS due
  CROSS JOIN LATERAL (
    SELECT max(seen_at) AS last_seen_at,
      bool_or(due.at < coalesce(stopped_at, seen_at + ${DEAD_AFTER})) AS one_lived
    FROM processes WHERE kind = 'worker' AND started_at <= due.at
  ) AS workers
  WHERE NOT workers.one_lived`;
