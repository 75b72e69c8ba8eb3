import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { dueSessions, type Peer, PEER_CONNECTIONS } from './contestant.ts';
import {
  deduct,
  INTERVAL_MS,
  type NextBlock,
  openPrisma,
  recordActivity,
  startSession,
} from './tutorial-sessions.ts';

/*
 * The tutorial way: what one builds from the first pages of the documentation of Fastify, Prisma and BullMQ. A
 * request reads, decides and writes in one interactive transaction. Each block has a delayed job, and so has the end
 * for want of activity: it is a countdown that begins anew with every activity, so its job is removed and added again.
 *
 * Fair, because each part is used as its documentation shows: one PrismaClient and one connection per process, jobs
 * with ids of their own, attempts with a growing pause, completed jobs removed, a worker with as many jobs in hand as
 * it has connections. The code is understood at once, and for some dozens of requests a second it is enough.
 */
export const tutorial: Peer = {
  name: 'tutorial',
  prepare: () => Promise.resolve(),
  arm: async ({ redisUrl, sql }) => {
    const timers = openTimers(redisUrl);
    try {
      await timers.empty();
      for (const page of await dueSessions(sql))
        await timers.addDeductions(page.map(({ sessionId, dueAt }) => ({ sessionId, dueAt, blockNo: 0 })));
    } finally {
      await timers.close();
    }
  },
  lateByDesignMs: 0,
  openApi: ({ databaseUrl, redisUrl }) => {
    const prisma = openPrisma(databaseUrl);
    const timers = openTimers(redisUrl);
    return {
      start: async (appointmentId, userId) => {
        const session = await startSession(prisma, appointmentId, userId);
        if (session === null) return null;
        const { sessionId, nextDeductionAt } = session;
        await timers.addDeductions([{ sessionId, blockNo: 0, dueAt: nextDeductionAt }]);
        await timers.restartCountdown(sessionId);
        return session;
      },
      recordActivity: async (appointmentId, userId) => {
        const activity = await recordActivity(prisma, appointmentId, userId);
        if (activity !== null) await timers.restartCountdown(activity.sessionId);
        return activity;
      },
      close: async () => {
        await timers.close();
        await prisma.$disconnect();
      },
    };
  },
  openWorker: ({ databaseUrl, redisUrl }) => {
    const prisma = openPrisma(databaseUrl);
    const timers = openTimers(redisUrl);
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    // Either job asks the same: is it time? So the countdown ends a session only where neither side wrote.
    const check = async ({ data }: { readonly data: { readonly sessionId: number } }): Promise<void> => {
      const next = await deduct(prisma, data.sessionId);
      if (next !== null) await timers.addDeductions([next]);
    };
    const workers = [DEDUCTIONS, COUNTDOWNS].map((queue) => {
      const worker = new Worker<{ readonly sessionId: number }>(queue, check, {
        connection,
        concurrency: PEER_CONNECTIONS,
      });
      worker.on('failed', (job, error) => console.error(`job ${job?.id} failed`, error));
      worker.on('error', (error) => console.error('the queue failed', error));
      return worker;
    });
    return {
      close: async () => {
        await Promise.all(workers.map((worker) => worker.close()));
        await timers.close();
        await connection.quit();
        await prisma.$disconnect();
      },
    };
  },
};

const DEDUCTIONS = 'tutorial-deductions';
const COUNTDOWNS = 'tutorial-countdowns';

/** As BullMQ's documentation has it for jobs that must not be lost to a passing error. */
const JOB_OPTIONS = {
  removeOnComplete: true,
  removeOnFail: false,
  attempts: 5,
  backoff: { type: 'exponential', delay: 500 },
} as const;

function openTimers(redisUrl: string) {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const deductions = new Queue(DEDUCTIONS, { connection, defaultJobOptions: JOB_OPTIONS });
  const countdowns = new Queue(COUNTDOWNS, { connection, defaultJobOptions: JOB_OPTIONS });
  return {
    /** One job for the end of each block. */
    addDeductions: async (blocks: readonly NextBlock[]): Promise<void> => {
      await deductions.addBulk(
        blocks.map(({ sessionId, blockNo, dueAt }) => ({
          name: 'deduct',
          data: { sessionId },
          opts: {
            jobId: `session-${sessionId}-block-${blockNo}`,
            delay: Math.max(0, dueAt.getTime() - Date.now()),
          },
        })),
      );
    },
    /** The countdown to the end for want of activity begins anew: the old job is removed, another added. */
    restartCountdown: async (sessionId: number): Promise<void> => {
      const jobId = `session-${sessionId}`;
      await countdowns.remove(jobId);
      await countdowns.add('no-activity', { sessionId }, { jobId, delay: INTERVAL_MS });
    },
    /** Forgets every job. */
    empty: async (): Promise<void> => {
      await Promise.all([deductions.obliterate({ force: true }), countdowns.obliterate({ force: true })]);
    },
    close: async (): Promise<void> => {
      await Promise.all([deductions.close(), countdowns.close()]);
      await connection.quit();
    },
  };
}
