import { once } from 'node:events';
import { createPostgresBackend, Queue, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { alarmJob } from '../../../src/alarms/job.ts';
import { postgresConnection } from '../../../src/alarms/postgres.ts';
import { appointmentId, sessionId } from '../../../src/billing/ids.ts';
import { instant } from '../../../src/billing/time.ts';
import type { Backend } from '../clinic/queue.ts';
import type { Rig } from '../rig.ts';

/** What the worker has in flight unless it is set otherwise; ours and the one that does nothing. */
export const CONCURRENCY = 400;
const PAGE = 1_000;
const LIMIT_MS = 120_000;
/** From when the first delayed job is set until it is due. */
const LEAD_MS = 1_000;

export interface NoopRound {
  readonly perSecond: number;
  readonly cpuUs: number;
  /** Of each job, in ms: how long after its deadline it was begun. */
  readonly lateness: readonly number[];
}

/**
 * BullMQ with a handler that does nothing: the floor under every deduction. The jobs are our alarms, are kept when they
 * are done as ours are, and wait from the beginning, as those of a backlog do.
 */
export const measureNoopJobs = async (
  rig: Rig,
  jobs: number,
  backend: Backend = 'redis',
): Promise<NoopRound> =>
  withNoopQueue(rig, backend, async (queue) => {
    await addJobs(queue, jobs, () => Date.now());
    const worker = await startNoopWorker(rig, queue, jobs, backend);
    try {
      return await worker.nextRound();
    } finally {
      await worker.stop();
    }
  });

/** How late bare delayed jobs are: `jobs` of them in each round, evenly over `windowMs`, each doing nothing. */
export const measureDelayedJobs = async (
  rig: Rig,
  { jobs, windowMs, rounds }: { readonly jobs: number; readonly windowMs: number; readonly rounds: number },
): Promise<readonly (readonly number[])[]> =>
  withNoopQueue(rig, 'redis', async (queue) => {
    const worker = await startNoopWorker(rig, queue, jobs, 'redis');
    try {
      const all: (readonly number[])[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const done = worker.nextRound();
        const firstMs = Date.now() + LEAD_MS;
        await addJobs(queue, jobs, (index) => Math.round(firstMs + (index * windowMs) / jobs));
        all.push((await done).lateness);
      }
      return all;
    } finally {
      await worker.stop();
    }
  });

async function addJobs(queue: Queue, jobs: number, dueAtMs: (index: number) => number): Promise<void> {
  for (let from = 0; from < jobs; from += PAGE)
    await queue.addBulk(
      Array.from({ length: Math.min(PAGE, jobs - from) }, (_job, index) =>
        noopJob(from + index + 1, dueAtMs(from + index)),
      ),
    );
}

function noopJob(number: number, dueAtMs: number) {
  const alarm = {
    sessionId: sessionId(number),
    appointmentId: appointmentId(number),
    block: 1,
    isBlockEnd: true,
  };
  const nowMs = Date.now();
  const job = alarmJob({ ...alarm, at: instant(dueAtMs) }, nowMs);
  // Without the margin of ours: this is the floor.
  return { ...job, opts: { ...job.opts, delay: Math.max(0, dueAtMs - nowMs) } };
}

/** A queue of our own beside the product's, for as long as `use` takes. */
async function withNoopQueue<Result>(
  rig: Rig,
  backend: Backend,
  use: (queue: Queue) => Promise<Result>,
): Promise<Result> {
  const name = 'noop';
  if (backend === 'postgres') {
    const { Queue: OnPostgres } = withBackend(createPostgresBackend);
    const queue: unknown = new OnPostgres(name, {
      connection: postgresConnection(rig.databaseUrl),
    });
    if (!(queue instanceof Queue)) throw new TypeError('there are two versions of BullMQ');
    return usedUp(queue, use);
  }
  const redis = new Redis(rig.redisUrl, { maxRetriesPerRequest: null });
  try {
    return await usedUp(new Queue(name, { connection: redis }), use);
  } finally {
    await redis.quit();
  }
}

async function usedUp<Result>(queue: Queue, use: (queue: Queue) => Promise<Result>): Promise<Result> {
  try {
    await queue.waitUntilReady();
    return await use(queue);
  } finally {
    await queue.obliterate({ force: true });
    await queue.close();
  }
}

async function startNoopWorker(rig: Rig, queue: Queue, jobs: number, backend: Backend) {
  const { child, stop } = await rig.start('tools/bench/experiments/noop-worker.ts', {
    QUEUE: queue.name,
    JOBS: String(jobs),
    BACKEND: backend,
    WORKER_CONCURRENCY: String(CONCURRENCY),
  });
  const said: unknown[] = [];
  child.on('message', (message) => said.push(message));
  const next = async (): Promise<unknown> => {
    const signal = AbortSignal.timeout(LIMIT_MS);
    while (said.length === 0) await once(child, 'message', { signal });
    return said.shift();
  };
  // On a queue that has jobs already, its first word may be of them.
  const first = await next();
  if (first !== 'ready') said.unshift(first);
  return {
    stop,
    nextRound: async (): Promise<NoopRound> => {
      let message = await next();
      if (message === 'ready') message = await next();
      return roundFrom(message);
    },
  };
}

function roundFrom(message: unknown): NoopRound {
  if (typeof message === 'object' && message !== null && 'perSecond' in message && 'cpuUs' in message) {
    const { perSecond, cpuUs } = message;
    const lateness = 'lateness' in message && Array.isArray(message.lateness) ? message.lateness : [];
    if (typeof perSecond === 'number' && typeof cpuUs === 'number')
      return { perSecond, cpuUs, lateness: lateness.map(Number) };
  }
  throw new Error(`the worker of the bench sent ${JSON.stringify(message)}`);
}
