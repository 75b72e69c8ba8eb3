import type { Instant } from '../../billing/time.ts';
import type { ThisProcess } from '../../watch/presence.ts';
import { Prisma } from '../client.ts';
import { bigintArray } from '../columns.ts';

/** A process that was not seen for this long is dead. */
export const DEAD_AFTER = Prisma.sql`interval '6 seconds'`;

const KEPT = Prisma.sql`interval '90 days'`;

/** Writes that a process lives. The first time makes its row, which says since when: also where the database was away then. */
export const seeProcess = ({ id, kind, host, pid, version }: ThisProcess, uptimeMs: number) => Prisma.sql`
  INSERT INTO processes (id, kind, host, pid, version, started_at, seen_at)
  SELECT ${id}::uuid, ${kind}::text, ${host}::text, ${pid}::integer, ${version}::text,
    now - ${uptimeMs}::float8 * interval '1 millisecond', now
  FROM session_clock() AS now
  ON CONFLICT (id) DO UPDATE SET seen_at = greatest(processes.seen_at, excluded.seen_at)`;

export const stopProcess = (id: string) => Prisma.sql`
  UPDATE processes SET stopped_at = greatest(seen_at, session_clock())
  WHERE id = ${id}::uuid AND stopped_at IS NULL`;

export const removeOldProcesses = () => Prisma.sql`
  DELETE FROM processes WHERE seen_at < (SELECT session_clock()) - ${KEPT}`;

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
