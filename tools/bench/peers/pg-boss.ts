import type { ClientBase } from 'pg';
import { type Job, type JobResult, PgBoss } from 'pg-boss';
import { deduct, recordActivity, startSession } from './billing.ts';
import { dueSessions, inTransaction, openPool, type Peer, PEER_CONNECTIONS } from './contestant.ts';

/*
 * pg-boss: a queue in the same PostgreSQL, so that a job is set in the very transaction that makes it necessary and
 * nothing can be lost between the two. One deferred job for each session (`startAfter`, a `singletonKey` on a queue
 * of the policy `short`); the deduction and the next job are one transaction.
 *
 * Fair, because it has every setting that its documentation offers for this: the shortest polling that it allows
 * (0.5 s: its LISTEN/NOTIFY is for jobs that are due at once, deferred ones are found by polling), several workers,
 * batches, fetching on without a pause while batches are full, results by the job so that one bad row fails alone.
 * There is one server to run less than with Redis, and a backup holds the jobs, too.
 */
export const pgBoss: Peer = {
  name: 'pg-boss',
  prepare: async ({ databaseUrl }) => {
    const boss = await openBoss(databaseUrl, false);
    await boss.stop({ graceful: false });
  },
  arm: async ({ databaseUrl, sql }) => {
    const boss = await openBoss(databaseUrl, false);
    try {
      await boss.deleteAllJobs(QUEUE);
      for (const page of await dueSessions(sql))
        await boss.insert(
          QUEUE,
          page.map(({ sessionId, dueAt }) => ({
            data: { sessionId },
            startAfter: dueAt,
            singletonKey: String(sessionId),
          })),
        );
    } finally {
      await boss.stop({ graceful: false });
    }
  },
  lateByDesignMs: 500,
  // The job of a session is set in the transaction that starts it. An activity is one update and touches no job.
  openApi: async ({ databaseUrl }) => {
    const pool = openPool(databaseUrl);
    const boss = await openBoss(databaseUrl, false);
    return {
      start: (appointmentId, userId) =>
        inTransaction(pool, async (client) => {
          const session = await startSession(client, appointmentId, userId);
          if (session !== null) await sendDeduction(boss, client, session.sessionId, session.nextDeductionAt);
          return session;
        }),
      recordActivity: (appointmentId, userId) => recordActivity(pool, appointmentId, userId),
      close: async () => {
        await boss.stop({ graceful: false });
        await pool.end();
      },
    };
  },
  openWorker: async ({ databaseUrl }) => {
    const pool = openPool(databaseUrl);
    const boss = await openBoss(databaseUrl, true);
    const settle = async ({ id, data }: Job<DeductionJob>): Promise<JobResult> => {
      try {
        await inTransaction(pool, async (client) => {
          const dueAt = await deduct(client, data.sessionId);
          if (dueAt !== null) await sendDeduction(boss, client, data.sessionId, dueAt);
        });
        return { id, status: 'completed' };
      } catch (error) {
        console.error(`session ${data.sessionId} could not be settled`, error);
        return { id, status: 'failed', output: String(error) };
      }
    };
    await boss.work<DeductionJob, JobResult[], typeof WORK>(QUEUE, WORK, (jobs: Job<DeductionJob>[]) =>
      Promise.all(jobs.map(settle)),
    );
    return {
      close: async () => {
        await boss.stop({ graceful: true, timeout: 5_000 });
        await pool.end();
      },
    };
  },
};

const WORK = {
  pollingIntervalSeconds: 0.5,
  localConcurrency: 2,
  batchSize: 50,
  burstWhenBatchFull: true,
  perJobResults: true,
} as const;

const QUEUE = 'deductions';

interface DeductionJob {
  readonly sessionId: number;
}

/** Starts nothing by itself: no schedules, and upkeep only where a worker asks for it. */
async function openBoss(databaseUrl: string, isWorker: boolean): Promise<PgBoss> {
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

/** Sets the session's next job within the transaction that is open on `client`. */
async function sendDeduction(
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
