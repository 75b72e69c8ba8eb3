import { sessionId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type { Loaded, Needs, Store, TouchedSession, WhenHeld } from '../sessions/store.ts';
import { isEmpty } from '../sessions/writes.ts';
import { Prisma, type PrismaClient } from './client.ts';
import { bigintArray } from './columns.ts';
import { OutOfDate, retrying } from './errors.ts';
import { loadAccounts, loadedFrom, type LoadedRow } from './sql/load.ts';
import { type AccountIdRow, createAccounts, findAccounts, lockAccounts } from './sql/lock.ts';
import { findOverdue, type OverdueRow } from './sql/overdue.ts';
import { type TouchedRow, touchSessions } from './sql/touch.ts';
import { writeChanges } from './sql/write.ts';

/** How long a transaction may wait for a connection, and how long it may take. */
const TRANSACTION = { maxWait: 5_000, timeout: 20_000 };

/** Postgres behind the store port. */
export const createStore = (client: PrismaClient): Store => ({
  transact: (needs, fold, whenHeld = 'wait') =>
    retrying(async () => {
      const { patients } = needs;
      if (patients !== undefined && patients.length > 0) await client.$executeRaw(createAccounts(patients));
      return client.$transaction(async (connection) => {
        const { writes, result } = fold(await loadLocked(connection, needs, whenHeld));
        if (!isEmpty(writes)) await connection.$queryRaw(writeChanges(writes));
        return result;
      }, TRANSACTION);
    }),
  read: (needs) => retrying(() => loadUnlocked(client, needs)),
  touch: async (activities) => {
    const [row] = await client.$queryRaw<TouchedRow[]>(touchSessions(activities));
    const answers: (TouchedSession | null)[] = activities.map(() => null);
    for (const [position, id, lastActivityMs, movesEnd] of row?.touched ?? [])
      answers[position] = { sessionId: sessionId(id), lastActivityAt: instant(lastActivityMs), movesEnd };
    return answers;
  },
  overdue: (page) =>
    retrying(async () => {
      const rows = await client.$queryRaw<OverdueRow[]>(findOverdue(page));
      return rows.map((row) => ({
        sessionId: sessionId(row.session_id),
        nextDeadlineAt: instant(row.next_deadline_ms),
      }));
    }),
});

type Connection = Pick<PrismaClient, '$queryRaw'>;

/** What a command would see now, without locks. */
export const loadUnlocked = (connection: Connection, needs: Needs): Promise<Loaded> =>
  load(connection, needs, findAccounts(needs), false);

/**
 * Locks the accounts, then loads them: in two statements, so that the snapshot is younger than the locks.
 * @throws OutOfDate where an appointment was given to another patient in between.
 */
async function loadLocked(connection: Connection, needs: Needs, whenHeld: WhenHeld): Promise<Loaded> {
  const rows = await connection.$queryRaw<AccountIdRow[]>(lockAccounts(needs, whenHeld));
  const locked = rows.map((row) => Number(row.patient_id));
  const loaded = await load(
    connection,
    needs,
    Prisma.sql`SELECT unnest(${bigintArray(locked)}) AS patient_id`,
    true,
  );
  const isOutOfDate = loaded.appointments.some(({ patientId }) => !locked.includes(patientId));
  if (isOutOfDate) throw new OutOfDate('an appointment was given to another patient');
  return loaded;
}

async function load(
  connection: Connection,
  needs: Needs,
  patients: Prisma.Sql,
  isLocking: boolean,
): Promise<Loaded> {
  const [row] = await connection.$queryRaw<LoadedRow[]>(loadAccounts(needs, patients, isLocking));
  if (row === undefined) throw new Error('the load statement answered with no row');
  return loadedFrom(row);
}
