import { createPostgresBackend, MetricsTime, Worker, type WorkerOptions, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { AlarmData } from '../../../src/alarms/job.ts';
import { postgresConnection } from '../../../src/alarms/postgres.ts';
import type { AlarmReport } from '../../../src/alarms/processor.ts';

// A worker that does nothing: what the queue itself can do, with the settings that ours has. What it answers is kept with
// the job, as ours is. After each JOBS jobs it tells how many it did a second, at what cost, and how late each was.
const { QUEUE = '', JOBS, BACKEND, DATABASE_URL = '', REDIS_URL = '', WORKER_CONCURRENCY } = process.env;
const count = Number(JOBS);
const REPORT: AlarmReport = {
  charged: [{ block: 1, units: 1, reason: 'interval' }],
  refunded: [],
  ended: null,
  next_at: new Date().toISOString(),
  late_ms: 1,
  by: 'this job',
};
let lateness: number[] = [];
let firstAt = 0;

async function work({ data }: { readonly data: Pick<AlarmData, 'deadline'> }): Promise<AlarmReport> {
  await Promise.resolve();
  if (lateness.length === 0) firstAt = performance.now();
  lateness.push(Date.now() - Date.parse(data.deadline));
  if (lateness.length < count) return REPORT;
  const { user, system } = process.cpuUsage();
  const seconds = (performance.now() - firstAt) / 1000;
  process.send?.({ perSecond: count / seconds, cpuUs: (user + system) / count, lateness });
  lateness = [];
  return REPORT;
}

const options: Omit<WorkerOptions, 'connection'> = {
  concurrency: Number(WORKER_CONCURRENCY),
  lockDuration: 10_000,
  stalledInterval: 5_000,
  metrics: { maxDataPoints: MetricsTime.ONE_WEEK },
};
const OnPostgres = withBackend(createPostgresBackend).Worker;
const worker =
  BACKEND === 'postgres'
    ? new OnPostgres(QUEUE, work, {
        ...options,
        connection: postgresConnection(DATABASE_URL),
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
