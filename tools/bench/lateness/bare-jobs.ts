import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Rig } from '../rig.ts';

/** As many alarms in hand as the product's worker has unless told. */
const CONCURRENCY = 400;

/** From when the first job is set until it is due. */
const LEAD_MS = 1_000;

const PATIENCE_MS = 60_000;

/**
 * How late bare delayed jobs of BullMQ are: `jobs` of them, evenly over `windowMs`, each doing nothing. The lateness
 * of every job, round by round. It leaves whatever else is in Redis alone.
 */
export async function measureBareJobs(
  rig: Rig,
  { jobs, windowMs, rounds }: { readonly jobs: number; readonly windowMs: number; readonly rounds: number },
): Promise<readonly (readonly number[])[]> {
  if (rounds === 0) return [];
  const redis = new Redis(rig.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('bare', { connection: redis });
  const settings = { JOBS: String(jobs), WORKER_CONCURRENCY: String(CONCURRENCY) };
  const { child, stop } = await rig.start('bench/lateness/bare-worker.ts', settings);
  try {
    await latenessTold(child);
    const all: (readonly number[])[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const told = latenessTold(child);
      await addJobs(queue, jobs, windowMs);
      all.push(await told);
    }
    return all;
  } finally {
    await stop();
    await queue.obliterate({ force: true });
    await queue.close();
    await redis.quit();
  }
}

async function addJobs(queue: Queue, jobs: number, windowMs: number): Promise<void> {
  const firstMs = Date.now() + LEAD_MS;
  for (let from = 0; from < jobs; from += 1_000) {
    const page = Array.from({ length: Math.min(1_000, jobs - from) }, (_job, index) => {
      const timestamp = Date.now();
      const dueAtMs = Math.round(firstMs + ((from + index) * windowMs) / jobs);
      return {
        name: 'bare',
        data: { dueAtMs },
        opts: { timestamp, delay: Math.max(0, dueAtMs - timestamp) },
      };
    });
    await queue.addBulk(page);
  }
}

async function latenessTold(child: ChildProcess): Promise<readonly number[]> {
  const [told]: unknown[] = await once(child, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (typeof told === 'object' && told !== null && 'lateness' in told && isNumbers(told.lateness))
    return told.lateness;
  throw new Error('the worker of the bare jobs told something else than their lateness');
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'number');
