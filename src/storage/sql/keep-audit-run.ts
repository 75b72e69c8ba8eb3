import type { AuditRun, NightClaim } from '../../audit/audit-runs.ts';
import { Prisma } from '../client.ts';

export interface KeptRow {
  readonly night: string;
}

const ours = ({ night, token }: NightClaim) => Prisma.sql`
  WHERE night = ${night}::date AND claim = ${token}::uuid AND finished_at IS NULL
  RETURNING night::text AS night`;

/** Says that the audit goes on. No row: somebody else has the night by now. */
export const renewClaim = (claim: NightClaim) => Prisma.sql`
  UPDATE audit_runs SET claimed_at = session_clock() ${ours(claim)}`;

/** Leaves the night to whoever comes next. */
export const releaseClaim = (claim: NightClaim) => Prisma.sql`
  UPDATE audit_runs SET claimed_at = '-infinity' ${ours(claim)}`;

export const finishRun = (
  claim: NightClaim,
  { accounts, sessions, entries, events, differences }: AuditRun['counts'],
  drift: AuditRun['drift'],
) => Prisma.sql`
  UPDATE audit_runs SET
    finished_at = session_clock(), accounts = ${accounts}::integer, sessions = ${sessions}::integer,
    entries = ${entries}::bigint, events = ${events}::bigint, differences = ${differences}::integer,
    drift = ${JSON.stringify(drift)}::jsonb
  ${ours(claim)}`;
