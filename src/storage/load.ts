import type { Loaded, Needs, WhenHeld } from '../sessions/store.ts';
import { Prisma, type PrismaClient } from './client.ts';
import { loadedFrom } from './loaded-document.ts';
import { OutOfDate } from './persistence.ts';
import { bigintArray } from './sql/bigint-array.ts';
import { loadAccounts, type LoadedRow } from './sql/load.ts';
import { type AccountIdRow, findAccounts, lockAccounts } from './sql/lock.ts';

type Connection = Pick<PrismaClient, '$queryRaw'>;

/** What a command would see now, without holding anybody up. */
export const loadUnlocked = (connection: Connection, needs: Needs): Promise<Loaded> =>
  load(connection, needs, findAccounts(needs), false);

/**
 * Locks the accounts, then loads them: in two statements, so that the picture is younger than the locks.
 * @throws OutOfDate where an appointment was given to another patient in between.
 */
export async function loadLocked(connection: Connection, needs: Needs, whenHeld: WhenHeld): Promise<Loaded> {
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
  return loadedFrom(row.document);
}
