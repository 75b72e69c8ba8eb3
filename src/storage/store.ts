import { sessionId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type { Store, TouchedSession } from '../sessions/store.ts';
import { isEmpty } from '../sessions/writes.ts';
import type { PrismaClient } from './client.ts';
import { loadLocked, loadUnlocked } from './load.ts';
import { persistently } from './persistence.ts';
import { createAccounts } from './sql/create-accounts.ts';
import { findOverdue, type OverdueRow } from './sql/overdue.ts';
import { type TouchedRow, touchSessions } from './sql/touch.ts';
import { writeChanges } from './sql/write.ts';

/** How long a transaction may wait for a connection, and how long it may take. */
const TRANSACTION = { maxWait: 5_000, timeout: 20_000 };

/** Postgres behind the store port. */
export const createPostgresStore = (client: PrismaClient): Store => ({
  transact: (needs, fold, whenHeld = 'wait') =>
    persistently(async () => {
      const { patients } = needs;
      if (patients !== undefined && patients.length > 0) await client.$executeRaw(createAccounts(patients));
      return client.$transaction(async (connection) => {
        const { writes, result } = fold(await loadLocked(connection, needs, whenHeld));
        if (!isEmpty(writes)) await connection.$queryRaw(writeChanges(writes));
        return result;
      }, TRANSACTION);
    }),
  read: (needs) => persistently(() => loadUnlocked(client, needs)),
  touch: async (activities) => {
    const [row] = await client.$queryRaw<TouchedRow[]>(touchSessions(activities));
    const answers: (TouchedSession | null)[] = activities.map(() => null);
    for (const [position, id, lastActivityMs] of row?.touched ?? [])
      answers[position] = { sessionId: sessionId(id), lastActivityAt: instant(lastActivityMs) };
    return answers;
  },
  overdue: (page) =>
    persistently(async () => {
      const rows = await client.$queryRaw<OverdueRow[]>(findOverdue(page));
      return rows.map((row) => ({
        sessionId: sessionId(row.session_id),
        nextDeadlineAt: instant(row.next_deadline_ms),
      }));
    }),
});
