import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

// A worker that does nothing: what the queue itself can do, with the settings that ours has.
const count = Number(process.env['JOBS']);
const connection = new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
let done = 0;
let firstAt = 0;
const worker = new Worker(
  'noop',
  () => {
    if (done === 0) firstAt = performance.now();
    done += 1;
    if (done === count) {
      const seconds = (performance.now() - firstAt) / 1000;
      const { user, system } = process.cpuUsage();
      process.send?.({ perSecond: count / seconds, cpuUs: (user + system) / count });
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
process.on('SIGTERM', () => {
  void worker.close().then(() => process.exit(0));
});
