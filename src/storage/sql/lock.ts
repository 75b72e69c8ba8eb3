import type { Needs, WhenHeld } from '../../sessions/store.ts';
import { Prisma } from '../client.ts';
import { bigintArray } from '../columns.ts';

export interface AccountIdRow {
  readonly patient_id: bigint;
}

/** The patients whom a batch concerns, by each kind of id that it names; a kind that it does not name costs nothing. */
function patientsOf({ patients = [], ...needs }: Needs): Prisma.Sql {
  const ways = [Prisma.sql`SELECT unnest(${bigintArray(patients)}) AS patient_id`];
  const { appointments, sessions, grants, entries } = needs;
  for (const [table, ids] of Object.entries({
    appointments,
    text_appointment_sessions: sessions,
    grants,
    ledger_entries: entries,
  }))
    if (ids !== undefined && ids.length > 0)
      ways.push(Prisma.sql`SELECT patient_id FROM ${Prisma.raw(table)} WHERE id = ANY (${bigintArray(ids)})`);
  return Prisma.join(ways, ' UNION ');
}

/**
 * Locks the accounts in ascending order, as every transaction does: so no deadlock is possible.
 * What they hold is read by the next statement, whose snapshot is younger than the locks.
 */
export const lockAccounts = (needs: Needs, whenHeld: WhenHeld) => Prisma.sql`
  SELECT patient_id FROM accounts WHERE patient_id IN (${patientsOf(needs)}) ORDER BY patient_id
  FOR UPDATE ${whenHeld === 'wait' ? Prisma.empty : Prisma.sql`NOWAIT`}`;

/** The same accounts, for reading. */
export const findAccounts = (needs: Needs) => Prisma.sql`
  SELECT patient_id FROM accounts WHERE patient_id IN (${patientsOf(needs)})`;

/** Makes the accounts that are not there, in ascending order. A statement of its own, before any lock is taken. */
export const createAccounts = (patientIds: readonly number[]) => Prisma.sql`
  INSERT INTO accounts (patient_id)
  SELECT DISTINCT patient_id FROM unnest(${bigintArray(patientIds)}) AS wanted (patient_id) ORDER BY patient_id
  ON CONFLICT DO NOTHING`;
