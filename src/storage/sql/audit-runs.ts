import { Prisma } from '../client.ts';

export interface ClaimedNightRow {
  readonly night: string;
  readonly since_ms: number | null;
  readonly until_ms: number;
}

/** Whoever does not say in so long that the audit goes on, has given it up. */
const GIVEN_UP_AFTER = Prisma.sql`interval '10 minutes'`;

/** What was read off the clock before this is committed by now, or never will be: no transaction may take so long. */
const MARGIN = Prisma.sql`interval '1 minute'`;

/**
 * Claims the night that began last at that hour (UTC), for whoever is first: one row in all. No row where it has been
 * audited or somebody is at it. A night begins where the last one that was finished ended, so none leaves a gap.
 */
export const claimAuditNight = (atHour: number, claim: string) => Prisma.sql`
  WITH due AS MATERIALIZED (
    SELECT now, ((now AT TIME ZONE 'UTC') - ${atHour}::integer * interval '1 hour')::date AS night
    FROM (SELECT session_clock() AS now) AS clock
  )
  INSERT INTO audit_runs AS run (night, claim, claimed_at, started_at, since, until)
  SELECT night, ${claim}::uuid, now, now,
    (SELECT max(before.until) FROM audit_runs before WHERE before.finished_at IS NOT NULL), now - ${MARGIN}
  FROM due
  WHERE NOT EXISTS (
    SELECT FROM audit_runs taken
    WHERE taken.night = due.night AND (taken.finished_at IS NOT NULL OR taken.claimed_at > due.now - ${GIVEN_UP_AFTER})
  )
  ON CONFLICT (night) DO UPDATE SET
    claim = excluded.claim, claimed_at = excluded.claimed_at, started_at = excluded.started_at,
    since = excluded.since, until = excluded.until
  WHERE run.finished_at IS NULL AND run.claimed_at <= excluded.claimed_at - ${GIVEN_UP_AFTER}
  RETURNING night::text AS night, epoch_ms(since)::float8 AS since_ms, epoch_ms(until)::float8 AS until_ms`;
