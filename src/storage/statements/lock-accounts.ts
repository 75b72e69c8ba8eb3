import type { Needs, WhenHeld } from '../../sessions/store.ts';
import { Prisma } from '../client.ts';
import { bigintArray } from './bigint-array.ts';

export interface AccountIdRow {
  readonly patient_id: bigint;
}

/** The patients whom a batch speaks of, whichever way it names them. */
const patientsOf = (needs: Needs) => Prisma.sql`
  SELECT unnest(${bigintArray(needs.patients ?? [])}) AS patient_id
  UNION SELECT patient_id FROM appointments WHERE id = ANY (${bigintArray(needs.appointments ?? [])})
  UNION SELECT patient_id FROM text_appointment_sessions WHERE id = ANY (${bigintArray(needs.sessions ?? [])})
  UNION SELECT patient_id FROM grants WHERE id = ANY (${bigintArray(needs.grants ?? [])})
  UNION SELECT patient_id FROM ledger_entries WHERE id = ANY (${bigintArray(needs.entries ?? [])})`;

/**
 * Locks the accounts in ascending order, the only order in which anybody does: so no deadlock is possible.
 * What they hold is read by the next statement, whose picture of the database is younger than the locks.
 */
export const lockAccounts = (needs: Needs, whenHeld: WhenHeld) => Prisma.sql`
  SELECT patient_id FROM accounts WHERE patient_id IN (${patientsOf(needs)}) ORDER BY patient_id
  FOR UPDATE ${whenHeld === 'wait' ? Prisma.empty : Prisma.sql`NOWAIT`}`;

/** The same accounts, for reading. */
export const findAccounts = (needs: Needs) => Prisma.sql`
  SELECT patient_id FROM accounts WHERE patient_id IN (${patientsOf(needs)})`;
