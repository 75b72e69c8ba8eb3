import type { Acknowledge, AuditRun, NightClaim } from '../../audit/nightly.ts';
import { Prisma } from '../client.ts';

export interface ClaimedNightRow {
  readonly night: string;
  readonly since_ms: number | null;
  readonly until_ms: number;
}

/** A claim that is not renewed within this time has expired. */
const CLAIM_EXPIRES_AFTER = Prisma.sql`interval '10 minutes'`;

/** What was read off the clock before this is committed by now, or never will be: no transaction may take longer. */
const MARGIN = Prisma.sql`interval '1 minute'`;

/**
 * Claims the night that began last at that hour (UTC), for the first worker that asks: one row in all. No row where it
 * has been audited or is claimed. A night begins where the last one that was finished ended, so none leaves a gap.
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
    WHERE taken.night = due.night AND (taken.finished_at IS NOT NULL OR taken.claimed_at > due.now - ${CLAIM_EXPIRES_AFTER})
  )
  ON CONFLICT (night) DO UPDATE SET
    claim = excluded.claim, claimed_at = excluded.claimed_at, started_at = excluded.started_at,
    since = excluded.since, until = excluded.until
  WHERE run.finished_at IS NULL AND run.claimed_at <= excluded.claimed_at - ${CLAIM_EXPIRES_AFTER}
  RETURNING night::text AS night, epoch_ms(since)::float8 AS since_ms, epoch_ms(until)::float8 AS until_ms`;

export interface KeptRow {
  readonly night: string;
}

const ours = ({ night, token }: NightClaim) => Prisma.sql`
  WHERE night = ${night}::date AND claim = ${token}::uuid AND finished_at IS NULL
  RETURNING night::text AS night`;

/** Renews the claim. No row: another worker has the night by now. */
export const renewClaim = (claim: NightClaim) => Prisma.sql`
  UPDATE audit_runs SET claimed_at = session_clock() ${ours(claim)}`;

/** Lets another worker claim the night at once. */
export const releaseClaim = (claim: NightClaim) => Prisma.sql`
  UPDATE audit_runs SET claimed_at = '-infinity' ${ours(claim)}`;

export const finishRun = (
  claim: NightClaim,
  counts: AuditRun['counts'],
  differences: AuditRun['differences'],
) => Prisma.sql`
  UPDATE audit_runs SET
    finished_at = session_clock(), accounts = ${counts.accounts}::integer, sessions = ${counts.sessions}::integer,
    entries = ${counts.entries}::bigint, events = ${counts.events}::bigint,
    differences = ${counts.differences}::integer, drift = ${JSON.stringify(differences)}::jsonb
  ${ours(claim)}`;

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
  readonly found: unknown;
  readonly acknowledged_ms: number | null;
  readonly acknowledged_by: number | null;
  readonly acknowledged_note: string | null;
}

const RUN = Prisma.sql`
  night::text AS night, epoch_ms(started_at)::float8 AS started_ms, epoch_ms(finished_at)::float8 AS finished_ms,
  epoch_ms(since)::float8 AS since_ms, epoch_ms(until)::float8 AS until_ms, accounts::float8, sessions::float8,
  entries::float8, events::float8, differences::float8, drift AS found,
  epoch_ms(acknowledged_at)::float8 AS acknowledged_ms, acknowledged_by::float8, acknowledged_note`;

/** The last nights, the youngest first. */
export const findAuditRuns = (limit: number, isFinished: boolean) => Prisma.sql`
  SELECT ${RUN}
  FROM audit_runs
  WHERE finished_at IS NOT NULL OR NOT ${isFinished}::boolean
  ORDER BY night DESC
  LIMIT ${limit}::integer`;

/**
 * Acknowledges a night and records who did: once each. Answers with the row as it is then; as it was before where another
 * request acknowledges it at the same time.
 */
export const acknowledgeRun = ({ night, by, note, requestId }: Acknowledge) => Prisma.sql`
  WITH done AS (
    UPDATE audit_runs SET
      acknowledged_at = session_clock(), acknowledged_by = ${by}::bigint, acknowledged_note = ${note}::text
    WHERE night = ${night}::date AND finished_at IS NOT NULL AND acknowledged_at IS NULL
    RETURNING *
  ),
  noted AS (
    INSERT INTO admin_actions (recorded_at, actor_id, action, target_kind, note, after, request_id)
    SELECT acknowledged_at, acknowledged_by, 'audit.acknowledged', 'audit', acknowledged_note,
      jsonb_build_object('night', night::text, 'differences', differences), ${requestId}::text
    FROM done
  )
  SELECT ${RUN} FROM (
    SELECT * FROM done
    UNION ALL
    SELECT * FROM audit_runs
    WHERE night = ${night}::date AND finished_at IS NOT NULL AND NOT EXISTS (SELECT FROM done)
  ) AS run`;

/**
 * Stores from when on every low balance is in the log, once no process of an older version is connected to this
 * database. Done once; asked again it changes nothing.
 */
export const activateLowBalance = () => Prisma.sql`
  INSERT INTO event_activations (type, since)
  SELECT 'low_balance', session_clock()
  WHERE NOT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'session-engine%' AND application_name NOT LIKE '% log:%'
  )
  ON CONFLICT (type) DO NOTHING`;
