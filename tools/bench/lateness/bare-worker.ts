import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

// A worker of delayed jobs that do nothing: each tells how late it was, by the machine's clock. After each so many
// jobs the round is told to the bench.
const count = Number(process.env['JOBS']);
const connection = new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
let lateness: number[] = [];
const worker = new Worker<{ readonly dueAtMs: number }>(
  'bare',
  ({ data }) => {
    lateness.push(Date.now() - data.dueAtMs);
    if (lateness.length === count) {
      process.send?.({ lateness });
      lateness = [];
    }
    return Promise.resolve();
  },
  {
    connection,
    concurrency: Number(process.env['WORKER_CONCURRENCY']),
    lockDuration: 10_000,
    stalledInterval: 5_000,
    removeOnComplete: { count: 0 },
  },
);
await worker.waitUntilReady();
process.send?.({ lateness });
process.on('SIGTERM', () => {
  void worker.close().then(() => process.exit(0));
});
