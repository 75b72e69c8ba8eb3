/** The store port over the database of the tests. The clock is the caller's to set. */
import type { Instant } from '../../src/billing/time.ts';
import type { Activity, OverdueSession, Store, TouchedSession } from '../../src/sessions/store.ts';
import { createMemoryDatabase, type MemoryDatabase } from './memory-database/database.ts';
import type { Tables } from './memory-database/tables.ts';

export interface MemoryStore extends Store {
  readonly tables: () => Tables;
}

/** Each transaction is one uninterrupted step, so transactions are one after the other, as under the account's lock. */
export function createMemoryStore(clock: () => Instant): MemoryStore {
  const database = createMemoryDatabase();
  return {
    tables: database.tables,
    transact: async (needs, fold) => {
      await Promise.resolve();
      database.makeAccounts(needs);
      const { writes, result } = fold(database.load(needs, clock()));
      database.write(writes);
      return result;
    },
    read: async (needs) => {
      await Promise.resolve();
      return database.load(needs, clock());
    },
    touch: async (activities) => {
      await Promise.resolve();
      return activities.map((activity) => touched(database, activity, clock()));
    },
    overdue: async ({ graceMs, limit, after }) => {
      await Promise.resolve();
      const late = overdueAt(database.tables(), clock() - graceMs);
      const rest = late.filter((session) => after === null || byDeadline(after, session) < 0);
      return rest.slice(0, limit);
    },
  };
}

/** As src/storage/sql/touch.ts: the sender has written before, and the stored deadline has not come. */
function touched(
  database: MemoryDatabase,
  { appointmentId, caller }: Activity,
  now: Instant,
): TouchedSession | null {
  for (const { session, nextDeadlineAt } of database.tables().sessions.values()) {
    if (session.appointmentId !== appointmentId || nextDeadlineAt === null || nextDeadlineAt <= now) continue;
    const hasWritten =
      (session.patientId === caller && session.hasPatientActivity) ||
      (session.doctorId === caller && session.hasDoctorActivity);
    if (!hasWritten) continue;
    const lastActivityAt =
      session.lastActivityAt !== null && session.lastActivityAt > now ? session.lastActivityAt : now;
    database.touch(session.id, lastActivityAt);
    return { sessionId: session.id, lastActivityAt, movesEnd: session.policy.idleMs !== null };
  }
  return null;
}

const overdueAt = ({ sessions }: Tables, before: number): OverdueSession[] =>
  [...sessions.values()]
    .flatMap(({ session, nextDeadlineAt }) =>
      nextDeadlineAt !== null && nextDeadlineAt < before ? [{ sessionId: session.id, nextDeadlineAt }] : [],
    )
    .sort(byDeadline);

const byDeadline = (a: OverdueSession, b: OverdueSession): number =>
  a.nextDeadlineAt - b.nextDeadlineAt || a.sessionId - b.sessionId;
