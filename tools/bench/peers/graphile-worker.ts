import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker';
import type { ClientBase } from 'pg';
import { deduct, recordActivity, startSession } from './billing.ts';
import { dueSessions, inTransaction, openPool, type Peer, PEER_CONNECTIONS } from './contestant.ts';

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
export const graphileWorker: Peer = {
  name: 'graphile-worker',
  prepare: ({ databaseUrl }) => runMigrations({ logger, preset: presetFor(databaseUrl) }),
  arm: async ({ databaseUrl, sql }) => {
    await sql.query('TRUNCATE graphile_worker._private_jobs');
    const utils = await makeWorkerUtils({ logger, preset: presetFor(databaseUrl) });
    try {
      for (const page of await dueSessions(sql))
        await utils.addJobs(
          page.map(({ sessionId, dueAt }) => ({
            identifier: TASK,
            payload: { sessionId },
            runAt: dueAt,
            jobKey: `session-${sessionId}`,
          })),
        );
    } finally {
      await utils.release();
    }
  },
  lateByDesignMs: 100,
  // The job of a session is set in the transaction that starts it. An activity is one update and touches no job.
  openApi: ({ databaseUrl }) => {
    const pool = openPool(databaseUrl);
    return {
      start: (appointmentId, userId) =>
        inTransaction(pool, async (client) => {
          const session = await startSession(client, appointmentId, userId);
          if (session !== null) await addDeduction(client, session.sessionId, session.nextDeductionAt);
          return session;
        }),
      recordActivity: (appointmentId, userId) => recordActivity(pool, appointmentId, userId),
      close: () => pool.end(),
    };
  },
  openWorker: async ({ databaseUrl }) => {
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
  },
};

const TASK = 'deduct';
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

function sessionIn(payload: unknown): number {
  if (typeof payload === 'object' && payload !== null && 'sessionId' in payload)
    return Number(payload.sessionId);
  throw new Error(`a job without a session: ${JSON.stringify(payload)}`);
}

/**
 * Sets the session's next job within the transaction that is open on `client`. The key makes it the session's only
 * one; the job that is being worked on loses the key to it.
 */
async function addDeduction(client: ClientBase, sessionId: number, dueAt: Date): Promise<void> {
  await client.query({
    name: 'add-job',
    text: `SELECT graphile_worker.add_job($1, json_build_object('sessionId', $2::integer), run_at := $3,
      job_key := 'session-' || $2::text)`,
    values: [TASK, sessionId, dueAt],
  });
}
