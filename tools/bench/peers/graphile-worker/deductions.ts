import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker';
import { deduct } from '../account-book.ts';
import { type Contestant, untilTold } from '../contestant.ts';
import { dueSessions, pagesOf } from '../due-sessions.ts';
import { inTransaction, openPool, PEER_CONNECTIONS } from '../transaction.ts';
import { addDeduction, TASK } from './jobs.ts';

/*
 * graphile-worker: a queue in the same PostgreSQL that is used from SQL. One job for each session, known by its
 * `job_key`, to run at the end of the block (`run_at`); `add_job` is called in the transaction of the deduction, so
 * nothing can be lost between the two.
 *
 * Fair, because it is set up as its pages on performance recommend for a busy queue: batching on, a local queue of
 * one more than the jobs in hand, jobs completed together without a delay, connections for all of them; and it
 * looks for jobs that have become due ten times a second, where its default is every two seconds. There is one
 * server to run less than with Redis, and a backup holds the jobs, too.
 */
export const graphileWorker: Contestant = {
  name: 'graphile-worker',
  about: 'graphile-worker: one job for each session by its key, set in the transaction of its deduction',
  api: 'bench/peers/graphile-worker/api.ts',
  worker: 'bench/peers/graphile-worker/worker.ts',
  untilWorks: untilTold,
  prepare: ({ databaseUrl }) => runMigrations({ logger, preset: presetFor(databaseUrl) }),
  arm: async ({ databaseUrl, sql }) => {
    await sql.query('TRUNCATE graphile_worker._private_jobs');
    const utils = await makeWorkerUtils({ logger, preset: presetFor(databaseUrl) });
    try {
      const jobs = (await dueSessions(sql)).map(({ sessionId, dueAt }) => ({
        identifier: TASK,
        payload: { sessionId },
        runAt: dueAt,
        jobKey: `session-${sessionId}`,
      }));
      for (const page of pagesOf(jobs, 1_000)) await utils.addJobs(page);
    } finally {
      await utils.release();
    }
  },
  lateByDesignMs: 100,
};

const JOBS_IN_HAND = PEER_CONNECTIONS;

/** Says only what went wrong. */
const logger = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message);
});

const presetFor = (databaseUrl: string) => ({
  worker: {
    connectionString: databaseUrl,
    concurrentJobs: JOBS_IN_HAND,
    maxPoolSize: JOBS_IN_HAND + 2,
    pollInterval: 100,
    localQueue: { size: JOBS_IN_HAND + 1 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  },
});

export async function startGraphileWorker(
  databaseUrl: string,
): Promise<{ readonly close: () => Promise<void> }> {
  const pool = openPool(databaseUrl);
  const runner = await run({
    preset: presetFor(databaseUrl),
    logger,
    noHandleSignals: true,
    parsedCronItems: [],
    taskList: {
      [TASK]: async (payload: unknown) => {
        const sessionId = sessionIn(payload);
        await inTransaction(pool, async (client) => {
          const dueAt = await deduct(client, sessionId);
          if (dueAt !== null) await addDeduction(client, sessionId, dueAt);
        });
      },
    },
  });
  return {
    close: async () => {
      await runner.stop();
      await pool.end();
    },
  };
}

function sessionIn(payload: unknown): number {
  if (typeof payload === 'object' && payload !== null && 'sessionId' in payload)
    return Number(payload.sessionId);
  throw new Error(`a job without a session: ${JSON.stringify(payload)}`);
}
