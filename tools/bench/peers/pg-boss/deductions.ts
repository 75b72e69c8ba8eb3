import type { Job, JobResult } from 'pg-boss';
import { deduct } from '../account-book.ts';
import { type Contestant, untilTold } from '../contestant.ts';
import { dueSessions, pagesOf } from '../due-sessions.ts';
import { inTransaction, openPool } from '../transaction.ts';
import { type DeductionJob, openBoss, QUEUE, sendDeduction } from './jobs.ts';

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
export const pgBoss: Contestant = {
  name: 'pg-boss',
  about: 'pg-boss: one deferred job for each session, set in the transaction of its deduction',
  api: 'bench/peers/pg-boss/api.ts',
  worker: 'bench/peers/pg-boss/worker.ts',
  untilWorks: untilTold,
  prepare: async ({ databaseUrl }) => {
    const boss = await openBoss(databaseUrl, false);
    await boss.stop({ graceful: false });
  },
  arm: async ({ databaseUrl, sql }) => {
    const boss = await openBoss(databaseUrl, false);
    try {
      await boss.deleteAllJobs(QUEUE);
      const jobs = (await dueSessions(sql)).map(({ sessionId, dueAt }) => ({
        data: { sessionId },
        startAfter: dueAt,
        singletonKey: String(sessionId),
      }));
      for (const page of pagesOf(jobs, 1_000)) await boss.insert(QUEUE, [...page]);
    } finally {
      await boss.stop({ graceful: false });
    }
  },
  lateByDesignMs: 500,
};

export async function startPgBossWorker(
  databaseUrl: string,
): Promise<{ readonly close: () => Promise<void> }> {
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
}

const WORK = {
  pollingIntervalSeconds: 0.5,
  localConcurrency: 2,
  batchSize: 50,
  burstWhenBatchFull: true,
  perJobResults: true,
} as const;
