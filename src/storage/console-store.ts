import type { EndReason } from '../billing/account.ts';
import { grantId, sessionId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type {
  ConsoleStore,
  DayFigures,
  Hit,
  LedgerCursor,
  LedgerFilter,
  Page,
} from '../sessions/console-store.ts';
import type { LedgerRecord } from '../sessions/records.ts';
import type { PrismaClient } from './client.ts';
import { retryingUnlessSlow } from './errors.ts';
import { pictureOf } from './records.ts';
import { ENDED } from './rows.ts';
import { askNow, type DayRow, findDays, findHistory, type HistoryRow, type NowRow } from './sql/figures.ts';
import { findNumber, type FoundRow } from './sql/find.ts';
import {
  type EntryOfLedgerRow,
  findEntriesByNumber,
  findEntriesByTime,
  findEntry,
  findLedgerEnd,
  type LedgerEndRow,
  ledgerRecordFrom,
} from './sql/ledger.ts';
import { findSessionIds, type SessionIdRow } from './sql/session-list.ts';
import { findWorkersAway, type WorkersAwayRow } from './sql/workers-away.ts';
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
  const { from, to, cursor, limit } = filter;
  const isByTime = cursor === null ? from !== null || to !== null : cursor.effectiveAt !== null;
  const statement = isByTime
    ? findEntriesByTime(filter, limit + 1)
    : findEntriesByNumber(filter, await ledgerEnd(client), limit + 1);
  const rows = await client.$queryRaw<EntryOfLedgerRow[]>(statement);
  return pageOf(rows.map(ledgerRecordFrom), limit, ({ id: entryId, effectiveAt }) => ({
    effectiveAt: isByTime ? effectiveAt : null,
    entryId,
  }));
}

async function ledgerEnd(client: PrismaClient): Promise<number> {
  const [end] = await client.$queryRaw<LedgerEndRow[]>(findLedgerEnd());
  return end?.complete_to ?? 0;
}

function pageOf<Item, Cursor>(
  found: readonly Item[],
  limit: number,
  cursorOf: (item: Item) => Cursor,
): Page<Item, Cursor> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? cursorOf(last) : null };
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
