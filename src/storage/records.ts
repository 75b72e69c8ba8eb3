import { grantId, sessionId } from '../billing/ids.ts';
import type { LedgerFilter, Page, SessionFilter, Picture, Records } from '../sessions/records.ts';
import type { Loaded, Needs } from '../sessions/store.ts';
import { Prisma, type PrismaClient } from './client.ts';
import { ledgerRecordFrom, messageFrom, sessionEventFrom, withSession } from './history-rows.ts';
import { loadUnlocked } from './load.ts';
import { persistently } from './persistence.ts';
import { type ActiveSessionRow, findActiveSessions } from './sql/find-active-sessions.ts';
import { type DoctorEntryRow, findEntriesOfDoctor } from './sql/lists.ts';

/** Postgres behind the records port. Money is read from here only, and this is always the primary. */
export const createPostgresRecords = (client: PrismaClient): Records => ({
  picture: (needs) => persistently(() => pictureOf(client, needs)),
  messages: (id, after, limit) =>
    persistently(async () => {
      const rows = await client.message.findMany({
        where: { sessionId: id, messageNo: { gt: after } },
        orderBy: { messageNo: 'asc' },
        take: limit,
      });
      return rows.map(messageFrom);
    }),
  sessionIds: (filter) =>
    persistently(async () => {
      const ids = await sessionIdsOf(client, filter);
      return pageOf(ids.map(sessionId), filter.limit, (id) => id);
    }),
  ledger: (filter) =>
    persistently(async () => {
      const rows = await client.ledgerEntry.findMany({
        where: await ledgerWhere(client, filter),
        include: withSession,
        orderBy: { id: 'asc' },
        take: filter.limit + 1,
      });
      return pageOf(rows.map(ledgerRecordFrom), filter.limit, ({ id }) => id);
    }),
  correction: (admin, idempotencyKey) =>
    persistently(async () => {
      const row = await client.ledgerEntry.findFirst({
        where: { actorId: admin, idempotencyKey },
        include: withSession,
      });
      return row === null ? null : ledgerRecordFrom(row);
    }),
  grantIds: (patientId) =>
    persistently(async () => {
      const rows = await client.grant.findMany({ where: { patientId }, select: { id: true } });
      return rows.map(({ id }) => grantId(id));
    }),
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
      const events = await connection.sessionEvent.findMany({
        where: ofSessions,
        orderBy: [{ sessionId: 'asc' }, { eventNo: 'asc' }],
      });
      return { loaded, entries: entries.map(ledgerRecordFrom), events: events.map(sessionEventFrom) };
    },
    { isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead },
  );
}

const sessionsNamed = ({ accounts }: Loaded, { sessions = [], appointments = [] }: Needs) =>
  accounts
    .flatMap((account) => account.sessions)
    .filter(({ id, appointmentId }) => sessions.includes(id) || appointments.includes(appointmentId));

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
): Promise<Prisma.LedgerEntryWhereInput> {
  const { patientId, doctorId, from, to, cursor, limit } = filter;
  if (doctorId !== null && patientId === null) {
    const rows = await client.$queryRaw<DoctorEntryRow[]>(findEntriesOfDoctor(doctorId, filter, limit + 1));
    return { id: { in: rows.map((row) => row.entry_id) } };
  }
  return {
    ...(patientId === null ? {} : { patientId }),
    ...(doctorId === null ? {} : { session: { doctorId } }),
    effectiveAt: {
      ...(from === null ? {} : { gte: new Date(from) }),
      ...(to === null ? {} : { lt: new Date(to) }),
    },
    ...(cursor === null ? {} : { id: { gt: cursor } }),
  };
}

function pageOf<Item>(found: readonly Item[], limit: number, idOf: (item: Item) => number): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? idOf(last) : null };
}
