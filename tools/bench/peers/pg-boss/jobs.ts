import type { ClientBase } from 'pg';
import { PgBoss } from 'pg-boss';
import { PEER_CONNECTIONS } from '../transaction.ts';

export const QUEUE = 'deductions';

/** Starts nothing by itself: no schedules, and upkeep only where a worker asks for it. */
export async function openBoss(databaseUrl: string, isWorker: boolean): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    max: PEER_CONNECTIONS,
    schedule: false,
    supervise: isWorker,
  });
  boss.on('error', (error) => console.error('pg-boss failed', error));
  await boss.start();
  // At most one job waits for each session: that is what this policy means together with a singletonKey.
  await boss.createQueue(QUEUE, { policy: 'short', retryLimit: 5, retryDelay: 1, retryBackoff: true });
  return boss;
}

export interface DeductionJob {
  readonly sessionId: number;
}

/** Sets the session's next job within the transaction that is open on `client`. */
export async function sendDeduction(
  boss: PgBoss,
  client: ClientBase,
  sessionId: number,
  dueAt: Date,
): Promise<void> {
  await boss.send(
    QUEUE,
    { sessionId },
    {
      startAfter: dueAt,
      singletonKey: String(sessionId),
      db: { executeSql: (text, values) => client.query(text, values) },
    },
  );
}
