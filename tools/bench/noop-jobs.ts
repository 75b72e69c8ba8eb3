import { once } from 'node:events';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Rig } from './rig.ts';

export interface NoopRound {
  readonly perSecond: number;
  readonly cpuUs: number;
}

/** BullMQ with a handler that does nothing: the floor under every deduction. The jobs look like our alarms. */
export async function measureNoopJobs(rig: Rig, jobs: number, concurrency: number): Promise<NoopRound> {
  const redis = new Redis(rig.redisUrl, { maxRetriesPerRequest: null });
  await redis.flushall();
  const queue = new Queue('noop', { connection: redis });
  const all = Array.from({ length: jobs }, (_job, index) => ({
    name: 'look-at-session',
    data: { sessionId: index + 1 },
    opts: { jobId: `session-${index + 1}` },
  }));
  for (let from = 0; from < jobs; from += 1000) await queue.addBulk(all.slice(from, from + 1000));
  const worker = await rig.start('bench/noop-worker.ts', {
    JOBS: String(jobs),
    WORKER_CONCURRENCY: String(concurrency),
  });
  try {
    const [told]: unknown[] = await once(worker.child, 'message');
    return roundFrom(told);
  } finally {
    await worker.stop();
    await queue.close();
    await redis.quit();
  }
}

function roundFrom(told: unknown): NoopRound {
  if (typeof told === 'object' && told !== null && 'perSecond' in told && 'cpuUs' in told) {
    const { perSecond, cpuUs } = told;
    if (typeof perSecond === 'number' && typeof cpuUs === 'number') return { perSecond, cpuUs };
  }
  throw new Error(`the worker of the bench told ${JSON.stringify(told)}`);
}
