import { randomUUID } from 'node:crypto';
import type { AuditRequest, PageSize, ReadAuditPage } from '../audit/audit.ts';
import type { AuditRun, AuditRuns } from '../audit/nightly.ts';
import type { Difference } from '../audit/difference.ts';
import { Prisma, type PrismaClient } from './client.ts';
import { OutOfDate, retrying } from './errors.ts';
import {
  type AuditedAccountRow,
  type AuditedSessionsRow,
  type AuditCursor,
  countAuditedSessions,
  findAuditedAccounts,
} from './sql/audit.ts';
import {
  acknowledgeRun,
  activateLowBalance,
  type AuditRunRow,
  claimAuditNight,
  type ClaimedNightRow,
  findAuditRuns,
  finishRun,
  type KeptRow,
  releaseClaim,
  renewClaim,
} from './sql/audit-runs.ts';
import { historiesFrom, type HistoriesRow, loadHistories } from './sql/histories.ts';

/** How many sessions ended in a period; counts no further than `limit`. */
export const createSessionCounter =
  (client: PrismaClient) =>
  (request: AuditRequest, limit: number): Promise<number> =>
    retrying(async () => {
      const [row] = await client.$queryRaw<AuditedSessionsRow[]>(countAuditedSessions(request, limit));
      return row?.sessions ?? 0;
    });

/** Postgres behind the auditor's port. Each page is one picture; an account is always in one page, whole. */
export const createAuditReader =
  (client: PrismaClient): ReadAuditPage =>
  (request, size, after) =>
    retrying(() =>
      readOnly(client, async (connection) => {
        const found = await connection.$queryRaw<AuditedAccountRow[]>(
          findAuditedAccounts(request, cursorFrom(after), size.accounts),
        );
        const accounts = withinEvents(found, size);
        const patients = accounts.map((row) => row.patient_id);
        const [row] = await connection.$queryRaw<HistoriesRow[]>(loadHistories(patients));
        if (row === undefined) throw new Error('the statement for histories answered with no row');
        const last = accounts.at(-1);
        const isLast =
          request.patientId !== null || (accounts.length === found.length && found.length < size.accounts);
        return {
          histories: historiesFrom(row, patients),
          next: isLast || last === undefined ? null : `${last.position_ms}_${last.position_id}`,
        };
      }),
    );

/** The first of the accounts, as many as have no more events than a page may hold; one at least. */
function withinEvents(found: readonly AuditedAccountRow[], size: PageSize): readonly AuditedAccountRow[] {
  let events = 0;
  const tooMany = found.findIndex((row, i) => (events += row.events) > size.events && i > 0);
  return tooMany === -1 ? found : found.slice(0, tooMany);
}

function cursorFrom(after: string | null): AuditCursor | null {
  if (after === null) return null;
  const [positionMs = Number.NaN, positionId = Number.NaN] = after.split('_').map(Number);
  return { positionMs, positionId };
}

export type ReadOnlyConnection = Pick<PrismaClient, '$queryRaw'>;

/** How long one page of reading may wait for a connection, and how long it may take. */
const LIMITS = { maxWait: 5_000, timeout: 30_000 };

/**
 * One picture of the database, in a transaction in which PostgreSQL itself refuses to write. It takes no lock that
 * another transaction would wait for.
 */
export const readOnly = <T>(
  client: PrismaClient,
  read: (connection: ReadOnlyConnection) => Promise<T>,
): Promise<T> =>
  client.$transaction(
    async (connection) => {
      await connection.$executeRaw`SET TRANSACTION READ ONLY`;
      return read(connection);
    },
    { ...LIMITS, isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead },
  );

/** The nights that were audited, in Postgres. */
export const createAuditRuns = (client: PrismaClient): AuditRuns => ({
  claim: (atHour) =>
    retrying(async () => {
      await client.$executeRaw(activateLowBalance());
      const token = randomUUID();
      const [row] = await client.$queryRaw<ClaimedNightRow[]>(claimAuditNight(atHour, token));
      return row === undefined ? null : { night: row.night, token, since: row.since_ms, until: row.until_ms };
    }),
  renew: (claim) =>
    retrying(async () => {
      const rows = await client.$queryRaw<KeptRow[]>(renewClaim(claim));
      return rows.length > 0;
    }),
  finish: async (claim, counts, differences) => {
    const rows = await client.$queryRaw<KeptRow[]>(finishRun(claim, counts, differences));
    return rows.length > 0;
  },
  release: async (claim) => {
    await client.$queryRaw<KeptRow[]>(releaseClaim(claim));
  },
  latest: (limit) => retrying(() => runs(client, limit, false)),
  acknowledge: (acknowledge) =>
    retrying(async () => {
      const [row] = await client.$queryRaw<AuditRunRow[]>(acknowledgeRun(acknowledge));
      if (row === undefined) return null;
      if (row.acknowledged_ms === null)
        throw new OutOfDate('another request acknowledged the night at the same time');
      return runFrom(row);
    }),
});

/** The last night that was finished; null where there is none yet. */
export const lastFinishedRun = async (client: PrismaClient): Promise<AuditRun | null> =>
  retrying(async () => (await runs(client, 1, true))[0] ?? null);

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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by audit-runs.ts from Difference, and by nobody else
  differences: row.found as readonly Difference[],
  acknowledged: acknowledgementFrom(row),
});

const acknowledgementFrom = ({
  acknowledged_ms: at,
  acknowledged_by: by,
  acknowledged_note: note,
}: AuditRunRow): AuditRun['acknowledged'] =>
  at === null || by === null || note === null ? null : { at, by, note };
