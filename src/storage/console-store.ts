import type { EndReason } from '../billing/account.ts';
import { grantId, sessionId, type UserId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type { ConsoleStore, DayFigures, Hit, LedgerCursor, LedgerFilter } from '../sessions/console-store.ts';
import { type Page, pageOf } from '../sessions/page.ts';
import type { LedgerRecord } from '../sessions/records.ts';
import type { PrismaClient } from './client.ts';
import { retryingUnlessSlow } from './errors.ts';
import { pictureOf } from './records.ts';
import { ENDED } from './rows.ts';
import { askNow, type DayRow, findDays, findHistory, type HistoryRow, type NowRow } from './sql/figures.ts';
import { findNumber, type FoundRow } from './sql/find.ts';
import {
  askWhetherLedgerGoesOn,
  type EntryOfLedgerRow,
  findEntries,
  findEntry,
  findLedgerEnd,
  findNearEntriesOfDoctor,
  type GoesOnRow,
  type LedgerEndRow,
  type LedgerOrder,
  ledgerRecordFrom,
} from './sql/ledger.ts';
import { findWorkersAway, type WorkersAwayRow } from './sql/processes.ts';
import { findSessionIds, type SessionIdRow } from './sql/session-list.ts';
import { loadUnlocked } from './store.ts';

/** Postgres behind the console's port, by connections of its own. Always the primary: what staff did a moment ago is there. */
export const createConsoleStore = (client: PrismaClient): ConsoleStore => ({
  picture: (needs) => retryingUnlessSlow(() => pictureOf(client, needs)),
  read: (needs) => retryingUnlessSlow(() => loadUnlocked(client, needs)),
  sessionIds: (filter) =>
    retryingUnlessSlow(async () => {
      const rows = await client.$queryRaw<SessionIdRow[]>(findSessionIds(filter, filter.limit + 1));
      const ids = rows.map((row) => sessionId(row.session_id));
      return pageOf(ids, filter.limit, (id) => id);
    }),
  ledger: (filter) => retryingUnlessSlow(() => pageOfLedger(client, filter)),
  entry: (id) =>
    retryingUnlessSlow(async () => {
      const [row] = await client.$queryRaw<EntryOfLedgerRow[]>(findEntry(id));
      return row === undefined ? null : ledgerRecordFrom(row);
    }),
  find: (id) =>
    retryingUnlessSlow(async () => {
      const [found] = await client.$queryRaw<FoundRow[]>(findNumber(id));
      return KINDS.filter((kind) => found?.[kind] === true).map((kind) => ({ kind, id }));
    }),
  days: (days, doctorId) =>
    retryingUnlessSlow(async () => {
      const rows = await client.$queryRaw<DayRow[]>(findDays(days, doctorId));
      return rows.map(dayFrom);
    }),
  history: (patientId, limit) =>
    retryingUnlessSlow(async () => {
      const [row] = await client.$queryRaw<HistoryRow[]>(findHistory(patientId, limit));
      if (row?.is_known !== true) return null;
      return row.points.map(([at, grant, balanceAfter]) => ({
        at: instant(at),
        grantId: grantId(grant),
        balanceAfter,
      }));
    }),
  workersAway: async (instants) => {
    if (instants.length === 0) return new Map();
    const rows = await retryingUnlessSlow(() =>
      client.$queryRaw<WorkersAwayRow[]>(findWorkersAway(instants)),
    );
    return new Map(rows.map((row) => [instant(row.at_ms), instant(row.last_seen_ms)]));
  },
  now: () =>
    retryingUnlessSlow(async () => {
      const [row] = await client.$queryRaw<NowRow[]>(askNow());
      return instant(row?.now ?? Number.NaN);
    }),
});

const KINDS = [
  'patient',
  'session',
  'appointment',
  'grant',
  'entry',
  'doctor',
] as const satisfies Hit['kind'][];

async function pageOfLedger(
  client: PrismaClient,
  filter: LedgerFilter,
): Promise<Page<LedgerRecord, LedgerCursor>> {
  const { patientId, doctorId, sessionId: session, from, to, cursor, limit } = filter;
  const isByTime = cursor === null ? from !== null || to !== null : cursor.effectiveAt !== null;
  const order: LedgerOrder = isByTime
    ? { by: 'time' }
    : { by: 'number', completeTo: await ledgerEnd(client) };
  const isOfDoctor = doctorId !== null && patientId === null && session === null;
  const rows = isOfDoctor
    ? await entriesOfDoctor(client, { ...filter, doctorId }, order)
    : await client.$queryRaw<EntryOfLedgerRow[]>(findEntries(filter, order, limit + 1));
  return pageOf(rows.map(ledgerRecordFrom), limit, ({ id: entryId, effectiveAt }) => ({
    effectiveAt: isByTime ? effectiveAt : null,
    entryId,
  }));
}

/**
 * An entry does not name the doctor. For a doctor with many entries the next page is found near in the ledger itself; for
 * one with few, by all sessions of that doctor.
 */
async function entriesOfDoctor(
  client: PrismaClient,
  filter: LedgerFilter & { readonly doctorId: UserId },
  order: LedgerOrder,
): Promise<readonly EntryOfLedgerRow[]> {
  const count = filter.limit + 1;
  const near = Math.max(LEAST_NEAR, NEAR * filter.limit);
  const found = await client.$queryRaw<EntryOfLedgerRow[]>(
    findNearEntriesOfDoctor(filter, order, count, near),
  );
  if (found.length === count) return found;
  const [beyond] = await client.$queryRaw<GoesOnRow[]>(askWhetherLedgerGoesOn(filter, order, near));
  return beyond?.goes_on === true
    ? client.$queryRaw<EntryOfLedgerRow[]>(findEntries(filter, order, count))
    : found;
}

/** How much of the ledger counts as near: entries for each one of the page, and at least. */
const NEAR = 100;
const LEAST_NEAR = 10_000;

async function ledgerEnd(client: PrismaClient): Promise<number> {
  const [end] = await client.$queryRaw<LedgerEndRow[]>(findLedgerEnd());
  return end?.complete_to ?? 0;
}

const NONE_ENDED = {
  manual_end: 0,
  admin_end: 0,
  no_activity: 0,
  balance_exhausted: 0,
  idle_timeout: 0,
  doctor_no_response: 0,
  max_duration: 0,
} as const satisfies Record<EndReason, 0>;

function dayFrom(row: DayRow): DayFigures {
  const ended: Record<EndReason, number> = { ...NONE_ENDED };
  for (const [reason, sessions] of Object.entries(row.ended ?? {}))
    ended[ENDED.endReason.parse(reason)] = sessions;
  return {
    started: row.started,
    ended,
    unitsTaken: row.taken,
    unitsGivenBack: row.given_back,
    unitsBought: row.bought,
  };
}
