import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { type Contestant, untilTold } from '../contestant.ts';
import { dueSessions, pagesOf } from '../due-sessions.ts';
import { PEER_CONNECTIONS } from '../transaction.ts';
import { openPrisma } from './prisma.ts';
import { deduct } from './sessions.ts';
import { COUNTDOWNS, DEDUCTIONS, openTimers } from './timers.ts';

/*
 * The tutorial way: what one builds from the first pages of the documentation of Fastify, Prisma and BullMQ. A
 * request reads, decides and writes in one interactive transaction. Each block has a delayed job, and so has the end
 * for want of activity: it is a countdown that begins anew with every activity, so its job is removed and added again.
 *
 * Fair, because each part is used as its documentation shows: one PrismaClient and one connection per process, jobs
 * with ids of their own, attempts with a growing pause, completed jobs removed, a worker with as many jobs in hand as
 * it has connections. Whoever reads the code understands it at once, and for some dozens of requests a second it does.
 */
export const tutorial: Contestant = {
  name: 'tutorial',
  about:
    'Prisma interactive transactions, a BullMQ job for each block, another removed and added per activity',
  api: 'bench/peers/tutorial/api.ts',
  worker: 'bench/peers/tutorial/worker.ts',
  untilWorks: untilTold,
  prepare: () => Promise.resolve(),
  arm: async ({ redisUrl, sql }) => {
    const timers = openTimers(redisUrl);
    try {
      await timers.empty();
      const blocks = (await dueSessions(sql)).map(({ sessionId, dueAt }) => ({
        sessionId,
        dueAt,
        blockNo: 0,
      }));
      for (const page of pagesOf(blocks, 1_000)) await timers.addDeductions(page);
    } finally {
      await timers.close();
    }
  },
  lateByDesignMs: 0,
};

export function startTutorialWorker(settings: { readonly databaseUrl: string; readonly redisUrl: string }): {
  readonly close: () => Promise<void>;
} {
  const prisma = openPrisma(settings.databaseUrl);
  const timers = openTimers(settings.redisUrl);
  const connection = new Redis(settings.redisUrl, { maxRetriesPerRequest: null });
  const options = { connection, concurrency: PEER_CONNECTIONS };
  // Either job asks the same: is it time? So the countdown ends a session only where nobody wrote at all.
  const look = async ({ data }: { readonly data: { readonly sessionId: number } }): Promise<void> => {
    const next = await deduct(prisma, data.sessionId);
    if (next !== null) await timers.addDeductions([next]);
  };
  const workers = [DEDUCTIONS, COUNTDOWNS].map((queue) => {
    const worker = new Worker<{ readonly sessionId: number }>(queue, look, options);
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
}
