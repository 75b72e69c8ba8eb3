import { atMost } from '../async/at-most.ts';
import type { Actor } from '../billing/account.ts';
import { appointmentId, grantId, sessionId, userId } from '../billing/ids.ts';
import { type Instant, instant } from '../billing/time.ts';
import { pageOf } from '../sessions/page.ts';
import type { AppointmentCursor, LedgerRecord, Picture, Records } from '../sessions/records.ts';
import type { EventData, Loaded, Needs, SessionEvent, StoredMessage } from '../sessions/store.ts';
import { Prisma, type PrismaClient } from './client.ts';
import { retrying } from './errors.ts';
import { actorFrom, ENTRY, EVENT, MESSAGE } from './rows.ts';
import { type AppointmentPositionRow, findActive, findEnded, findUpcoming } from './sql/appointments.ts';
import {
  type EntryOfLedgerRow,
  findCorrection,
  findEntriesOfSessions,
  findTakeBacks,
  ledgerRecordFrom,
} from './sql/ledger.ts';
import { findPageOfMessages, type MessagePageRow } from './sql/messages.ts';
import { loadUnlocked } from './store.ts';

const FIND = { upcoming: findUpcoming, active: findActive, ended: findEnded };

/** Of the texts of one page; the last of them may go beyond it. */
const MESSAGE_PAGE_BYTES = 64 * 1024;
/** The others wait: more pages at once would fill the memory before they are sent. */
const MESSAGE_PAGES_AT_ONCE = 4;

/** Postgres behind the records port. Money is read from here only, and this is always the primary. */
export function createRecords(client: PrismaClient): Records {
  const inLine = atMost(MESSAGE_PAGES_AT_ONCE);
  return {
    picture: (needs) => retrying(() => pictureOf(client, needs)),
    messages: (...asked) => inLine(() => messagesOf(client, ...asked)),
    appointments: (filter) =>
      retrying(async () => {
        const { limit } = filter;
        const rows = await client.$queryRaw<AppointmentPositionRow[]>(FIND[filter.state](filter, limit + 1));
        const { items, nextCursor } = pageOf(rows.map(positionFrom), limit, (last) => last);
        return { items: items.map((found) => found.appointmentId), nextCursor };
      }),
    correction: (admin, idempotencyKey) =>
      retrying(async () => {
        const [entry] = await ledgerOf(client, findCorrection(admin, idempotencyKey));
        return entry ?? null;
      }),
    grantIds: (patientId) =>
      retrying(async () => {
        const rows = await client.grant.findMany({ where: { patientId }, select: { id: true } });
        return rows.map(({ id }) => grantId(id));
      }),
  };
}

const positionFrom = (row: AppointmentPositionRow): AppointmentCursor => ({
  position: row.position,
  appointmentId: appointmentId(row.appointment_id),
});

const messagesOf = (client: PrismaClient, ...[id, range]: Parameters<Records['messages']>) =>
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
  });

/** One picture: nothing that is written meanwhile is half in it. */
export function pictureOf(client: PrismaClient, needs: Needs): Promise<Picture> {
  return client.$transaction(
    async (connection) => {
      const loaded = await loadUnlocked(connection, needs);
      const ids = sessionsNamed(loaded, needs).map(({ id }) => id);
      const entries = await ledgerOf(connection, findEntriesOfSessions(ids));
      const refunds = entries.filter(({ kind }) => kind === 'refund').map(({ id }) => id);
      const takeBacks = refunds.length === 0 ? [] : await ledgerOf(connection, findTakeBacks(refunds));
      const events = await connection.sessionEvent.findMany({
        where: { sessionId: { in: ids } },
        orderBy: [{ sessionId: 'asc' }, { eventNo: 'asc' }],
      });
      return { loaded, entries, takeBacks, events: events.map(sessionEventFrom) };
    },
    { isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead },
  );
}

async function ledgerOf(
  connection: Pick<PrismaClient, '$queryRaw'>,
  statement: Prisma.Sql,
): Promise<readonly LedgerRecord[]> {
  const rows = await connection.$queryRaw<EntryOfLedgerRow[]>(statement);
  return rows.map(ledgerRecordFrom);
}

const sessionsNamed = ({ accounts }: Loaded, { sessions = [], appointments = [] }: Needs) =>
  accounts
    .flatMap((account) => account.sessions)
    .filter((session) => sessions.includes(session.id) || appointments.includes(session.appointmentId));

// Rows of Prisma's own queries, as the program knows them. None leaves this folder.

const instantOf = (date: Date): Instant => instant(date.getTime());

const actorOf = (row: { readonly actorRole: string; readonly actorId: bigint | null }): Actor =>
  actorFrom({
    actorRole: ENTRY.actorRole.parse(row.actorRole),
    actorId: row.actorId === null ? null : userId(row.actorId),
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
