import { createPostgresBackend, Worker, type WorkerOptions, withBackend } from 'bullmq';
import { Redis } from 'ioredis';

// A worker that does nothing: what the queue itself can do, with the settings that ours has. After each JOBS jobs it
// tells how many it did a second, at what cost, and how late each delayed one was.
const { QUEUE = '', JOBS, BACKEND, DATABASE_URL = '', REDIS_URL = '', WORKER_CONCURRENCY } = process.env;
const count = Number(JOBS);
let lateness: number[] = [];
let firstAt = 0;

async function work({ data }: { readonly data: { readonly dueAtMs?: number } }): Promise<void> {
  await Promise.resolve();
  if (lateness.length === 0) firstAt = performance.now();
  lateness.push(Date.now() - (data.dueAtMs ?? Date.now()));
  if (lateness.length < count) return;
  const { user, system } = process.cpuUsage();
  const seconds = (performance.now() - firstAt) / 1000;
  process.send?.({ perSecond: count / seconds, cpuUs: (user + system) / count, lateness });
  lateness = [];
}

const options: Omit<WorkerOptions, 'connection'> = {
  concurrency: Number(WORKER_CONCURRENCY),
  lockDuration: 10_000,
  stalledInterval: 5_000,
  removeOnComplete: { count: 0 },
};
const OnPostgres = withBackend(createPostgresBackend).Worker;
const worker =
  BACKEND === 'postgres'
    ? new OnPostgres(QUEUE, work, {
        ...options,
        connection: { connectionString: DATABASE_URL, schema: 'bullmq' },
      })
    : new Worker(QUEUE, work, {
        ...options,
        connection: new Redis(REDIS_URL, { maxRetriesPerRequest: null }),
      });
await worker.waitUntilReady();
process.send?.('ready');
process.on('SIGTERM', () => {
  void worker.close().then(() => process.exit(0));
});
