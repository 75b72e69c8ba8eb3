import { Prisma } from '../client.ts';

export interface AuditRunRow {
  readonly night: string;
  readonly started_ms: number;
  readonly finished_ms: number | null;
  readonly since_ms: number | null;
  readonly until_ms: number;
  readonly accounts: number;
  readonly sessions: number;
  readonly entries: number;
  readonly events: number;
  readonly differences: number;
  readonly drift: unknown;
}

/** The last nights, the youngest first. */
export const findAuditRuns = (limit: number, isFinished: boolean) => Prisma.sql`
  SELECT night::text AS night, epoch_ms(started_at)::float8 AS started_ms, epoch_ms(finished_at)::float8 AS finished_ms,
    epoch_ms(since)::float8 AS since_ms, epoch_ms(until)::float8 AS until_ms, accounts::float8, sessions::float8,
    entries::float8, events::float8, differences::float8, drift
  FROM audit_runs
  WHERE finished_at IS NOT NULL OR NOT ${isFinished}::boolean
  ORDER BY night DESC
  LIMIT ${limit}::integer`;
