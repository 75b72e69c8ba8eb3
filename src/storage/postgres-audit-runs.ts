import { randomUUID } from 'node:crypto';
import type { AuditRun, AuditRuns } from '../audit/audit-runs.ts';
import type { Drift } from '../audit/drift.ts';
import type { PrismaClient } from './client.ts';
import { persistently } from './persistence.ts';
import { activateLowBalance } from './sql/activate-events.ts';
import { claimAuditNight, type ClaimedNightRow } from './sql/audit-runs.ts';
import { type AuditRunRow, findAuditRuns } from './sql/find-audit-runs.ts';
import { finishRun, type KeptRow, releaseClaim, renewClaim } from './sql/keep-audit-run.ts';

/** The nights that were audited, in Postgres. */
export const createPostgresAuditRuns = (client: PrismaClient): AuditRuns => ({
  claim: (atHour) =>
    persistently(async () => {
      await client.$executeRaw(activateLowBalance());
      const token = randomUUID();
      const [row] = await client.$queryRaw<ClaimedNightRow[]>(claimAuditNight(atHour, token));
      return row === undefined ? null : { night: row.night, token, since: row.since_ms, until: row.until_ms };
    }),
  renew: (claim) =>
    persistently(async () => {
      const rows = await client.$queryRaw<KeptRow[]>(renewClaim(claim));
      return rows.length > 0;
    }),
  finish: async (claim, counts, drift) => {
    const rows = await client.$queryRaw<KeptRow[]>(finishRun(claim, counts, drift));
    return rows.length > 0;
  },
  release: async (claim) => {
    await client.$queryRaw<KeptRow[]>(releaseClaim(claim));
  },
  latest: (limit) => persistently(() => runs(client, limit, false)),
});

/** The last night that was finished; null where there is none yet. */
export const lastFinishedRun = async (client: PrismaClient): Promise<AuditRun | null> =>
  persistently(async () => (await runs(client, 1, true))[0] ?? null);

async function runs(client: PrismaClient, limit: number, isFinished: boolean): Promise<AuditRun[]> {
  const rows = await client.$queryRaw<AuditRunRow[]>(findAuditRuns(limit, isFinished));
  return rows.map(runFrom);
}

const runFrom = (row: AuditRunRow): AuditRun => ({
  night: row.night,
  startedAt: row.started_ms,
  finishedAt: row.finished_ms,
  since: row.since_ms,
  until: row.until_ms,
  counts: {
    accounts: row.accounts,
    sessions: row.sessions,
    entries: row.entries,
    events: row.events,
    differences: row.differences,
  },
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by keep-audit-run.ts from Drift, and by nobody else
  drift: row.drift as readonly Drift[],
});
