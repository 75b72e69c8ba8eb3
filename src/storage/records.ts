import type { Actor } from '../billing/account.ts';
import { appointmentId, grantId, ledgerEntryId, sessionId, userId } from '../billing/ids.ts';
import { type Instant, instant } from '../billing/time.ts';
import type {
  LedgerFilter,
  LedgerRecord,
  Page,
  Picture,
  Records,
  SessionFilter,
} from '../sessions/records.ts';
import type { EventData, Loaded, Needs, SessionEvent, StoredMessage } from '../sessions/store.ts';
import { Prisma, type PrismaClient } from './client.ts';
import { retrying } from './errors.ts';
import { actorFrom, ENTRY, EVENT, MESSAGE } from './rows.ts';
import { type AppointmentPlaceRow, findActive, findEnded, findUpcoming } from './sql/appointments.ts';
import {
  type ActiveSessionRow,
  type DoctorEntryRow,
  findActiveSessions,
  findEntriesOfDoctor,
  findLedgerEnd,
  type LedgerEndRow,
  findPageOfMessages,
  type MessagePageRow,
} from './sql/lists.ts';
import { findWorkersAway, type WorkersAwayRow } from './sql/workers-away.ts';
import { loadUnlocked } from './store.ts';

/** What is asked of an entry: its columns, and whose session it was. */
const withSession = {
  session: { select: { doctorId: true, appointmentId: true } },
} satisfies Prisma.LedgerEntryInclude;

const FIND = { upcoming: findUpcoming, active: findActive, ended: findEnded };

/** Of the texts of one page; the last of them may go beyond it. */
const MESSAGE_PAGE_BYTES = 64 * 1024;

/** Postgres behind the records port. Money is read from here only, and this is always the primary. */
export const createRecords = (client: PrismaClient): Records => ({
  picture: (needs) => retrying(() => pictureOf(client, needs)),
  messages: (id, range) =>
    retrying(async () => {
      const [page] = await client.$queryRaw<MessagePageRow[]>(
        findPageOfMessages(id, range, MESSAGE_PAGE_BYTES),
      );
      if (page === undefined || page.first_no === null || page.last_no === null)
        return { messages: [], hasMore: false };
      const rows = await client.message.findMany({
        where: { sessionId: id, messageNo: { gte: page.first_no, lte: page.last_no } },
        orderBy: { messageNo: 'asc' },
      });
      return { messages: rows.map(messageFrom), hasMore: page.has_more };
    }),
  appointments: (filter) =>
    retrying(async () => {
      const { limit } = filter;
      const rows = await client.$queryRaw<AppointmentPlaceRow[]>(FIND[filter.state](filter, limit + 1));
      const found = rows.slice(0, limit);
      const last = rows.length > limit ? found.at(-1) : undefined;
      return {
        items: found.map((row) => appointmentId(row.appointment_id)),
        nextCursor:
          last === undefined
            ? null
            : { place: last.place, appointmentId: appointmentId(last.appointment_id) },
      };
    }),
  sessionIds: (filter) =>
    retrying(async () => {
      const ids = await sessionIdsOf(client, filter);
      return pageOf(ids.map(sessionId), filter.limit, (id) => id);
    }),
  ledger: (filter) =>
    retrying(async () => {
      const [end] = await client.$queryRaw<LedgerEndRow[]>(findLedgerEnd());
      const rows = await client.ledgerEntry.findMany({
        where: await ledgerWhere(client, filter, end?.complete_to ?? 0),
        include: withSession,
        orderBy: { id: 'asc' },
        take: filter.limit + 1,
      });
      return pageOf(rows.map(ledgerRecordFrom), filter.limit, ({ id }) => id);
    }),
  correction: (admin, idempotencyKey) =>
    retrying(async () => {
      const row = await client.ledgerEntry.findFirst({
        where: { actorId: admin, idempotencyKey },
        include: withSession,
      });
      return row === null ? null : ledgerRecordFrom(row);
    }),
  grantIds: (patientId) =>
    retrying(async () => {
      const rows = await client.grant.findMany({ where: { patientId }, select: { id: true } });
      return rows.map(({ id }) => grantId(id));
    }),
  workersAway: async (instants) => {
    if (instants.length === 0) return new Map();
    const rows = await retrying(() => client.$queryRaw<WorkersAwayRow[]>(findWorkersAway(instants)));
    return new Map(rows.map((row) => [instant(row.at_ms), instant(row.last_seen_ms)]));
  },
});

/** One picture: nothing that is written meanwhile is half in it. */
function pictureOf(client: PrismaClient, needs: Needs): Promise<Picture> {
  return client.$transaction(
    async (connection) => {
      const loaded = await loadUnlocked(connection, needs);
      const named = sessionsNamed(loaded, needs);
      const ofSessions = { sessionId: { in: named.map(({ id }) => id) } };
      const entries = await connection.ledgerEntry.findMany({
        // By their patients, too: there is no index by which all entries of a session are found.
        where: { ...ofSessions, patientId: { in: named.map(({ patientId }) => patientId) } },
        include: withSession,
        orderBy: { id: 'asc' },
      });
      const refunds = entries.filter(({ kind }) => kind === 'refund').map(({ id }) => id);
      const takeBacks =
        refunds.length === 0
          ? []
          : await connection.ledgerEntry.findMany({
              where: { takesBack: { in: refunds } },
              include: withSession,
              orderBy: { id: 'asc' },
            });
      const events = await connection.sessionEvent.findMany({
        where: ofSessions,
        orderBy: [{ sessionId: 'asc' }, { eventNo: 'asc' }],
      });
      return {
        loaded,
        entries: entries.map(ledgerRecordFrom),
        takeBacks: takeBacks.map(ledgerRecordFrom),
        events: events.map(sessionEventFrom),
      };
    },
    { isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead },
  );
}

const sessionsNamed = ({ accounts }: Loaded, { sessions = [], appointments = [] }: Needs) =>
  accounts
    .flatMap((account) => account.sessions)
    .filter((session) => sessions.includes(session.id) || appointments.includes(session.appointmentId));

async function sessionIdsOf(
  client: PrismaClient,
  filter: SessionFilter,
): Promise<readonly (number | bigint)[]> {
  const take = filter.limit + 1;
  if (filter.status === 'active' && filter.patientId === null && filter.doctorId === null) {
    const rows = await client.$queryRaw<ActiveSessionRow[]>(findActiveSessions(filter.cursor, take));
    return rows.map((row) => row.session_id);
  }
  const where = sessionsWhere(filter);
  const rows = await client.session.findMany({ where, select: { id: true }, orderBy: { id: 'desc' }, take });
  return rows.map(({ id }) => id);
}

const sessionsWhere = ({ status, patientId, doctorId, cursor }: SessionFilter): Prisma.SessionWhereInput => ({
  ...(status === null ? {} : { isActive: status === 'active' }),
  ...(patientId === null ? {} : { patientId }),
  ...(doctorId === null ? {} : { doctorId }),
  ...(cursor === null ? {} : { id: { lt: cursor } }),
});

async function ledgerWhere(
  client: PrismaClient,
  filter: LedgerFilter,
  completeTo: number,
): Promise<Prisma.LedgerEntryWhereInput> {
  const { patientId, doctorId, from, to, cursor, limit } = filter;
  if (doctorId !== null && patientId === null) {
    const rows = await client.$queryRaw<DoctorEntryRow[]>(
      findEntriesOfDoctor(doctorId, filter, completeTo, limit + 1),
    );
    return { id: { in: rows.map((row) => row.entry_id) } };
  }
  return {
    ...(patientId === null ? {} : { patientId }),
    ...(doctorId === null ? {} : { session: { doctorId } }),
    effectiveAt: {
      ...(from === null ? {} : { gte: new Date(from) }),
      ...(to === null ? {} : { lt: new Date(to) }),
    },
    id: { gt: cursor ?? 0, lte: completeTo },
  };
}

function pageOf<Item>(found: readonly Item[], limit: number, idOf: (item: Item) => number): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? idOf(last) : null };
}

// Rows of Prisma's own queries, as the program knows them. None leaves this folder.

const instantOf = (date: Date): Instant => instant(date.getTime());

const actorOf = (row: { readonly actorRole: string; readonly actorId: bigint | null }): Actor =>
  actorFrom({
    actorRole: ENTRY.actorRole.parse(row.actorRole),
    actorId: row.actorId === null ? null : userId(row.actorId),
  });

type EntryRow = Prisma.LedgerEntryGetPayload<{ include: typeof withSession }>;

const ledgerRecordFrom = (row: EntryRow): LedgerRecord => ({
  id: ledgerEntryId(row.id),
  patientId: userId(row.patientId),
  doctorId: row.session === null ? null : userId(row.session.doctorId),
  grantId: grantId(row.grantId),
  sessionId: row.sessionId === null ? null : sessionId(row.sessionId),
  appointmentId: row.session === null ? null : appointmentId(row.session.appointmentId),
  kind: ENTRY.kind.parse(row.kind),
  reason: ENTRY.reason.parse(row.reason),
  units: row.units,
  intervalNo: row.intervalNo,
  effectiveAt: instantOf(row.effectiveAt),
  recordedAt: instantOf(row.recordedAt),
  balanceAfter: row.balanceAfter,
  actor: actorOf(row),
  note: row.note,
  takesBack: row.takesBack === null ? null : ledgerEntryId(row.takesBack),
});

const sessionEventFrom = (row: Prisma.SessionEventGetPayload<object>): SessionEvent => ({
  sessionId: sessionId(row.sessionId),
  eventNo: row.eventNo,
  type: EVENT.type.parse(row.type),
  effectiveAt: instantOf(row.effectiveAt),
  recordedAt: instantOf(row.recordedAt),
  actor: actorOf(row),
  data: eventDataFrom(row.data),
});

/** The schema lets any JSON in; only this program writes it, and always an object. */
function eventDataFrom(data: Prisma.JsonValue): EventData {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new Error('an event holds no object');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by rows.ts from EventData, and by nobody else
  return data as EventData;
}

const messageFrom = (row: Prisma.MessageGetPayload<object>): StoredMessage => ({
  sessionId: sessionId(row.sessionId),
  messageNo: row.messageNo,
  clientMessageId: row.clientMessageId,
  senderId: userId(row.senderId),
  senderRole: MESSAGE.senderRole.parse(row.senderRole),
  sentAt: instantOf(row.sentAt),
  text: row.text,
});
