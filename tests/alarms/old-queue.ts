import { createPostgresBackend, Worker, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { prepareQueueTables, postgresConnection } from '../../src/alarms/postgres.ts';
import type { QueueSettings } from '../../src/alarms/queues.ts';
import type { SessionId } from '../../src/billing/ids.ts';

/** The alarms as versions before 0.2 kept them: one job for each session, in the queue `session-alarms`. */
export interface OldQueue {
  readonly arm: (sessions: readonly SessionId[], atMs: number) => Promise<void>;
  /** A worker of such a version, for as long as the test runs: it settles, and arms its own queue. */
  readonly work: (settle: (session: SessionId) => Promise<unknown>) => Promise<void>;
  /** The names of what is left of it in the server. */
  readonly leftovers: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const NAME = 'session-alarms';
const jobOf = (session: SessionId, atMs: number) => ({
  name: 'look-at-session',
  data: { sessionId: session },
  opts: { jobId: `session-${session}`, delay: Math.max(0, atMs - Date.now()) },
});
/** That version kept nothing that was done, and had as many in flight as the new one. */
const AS_IT_WAS = { concurrency: 50, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };

interface OldJob {
  readonly data: { readonly sessionId: SessionId };
}

export const openOldQueue = (settings: QueueSettings): Promise<OldQueue> =>
  settings.kind === 'redis' ? inRedis(settings.url) : inPostgres(settings.url);

/** The first two shards' keys begin so. */
const SHARDS = [`{bull}:${NAME}:`, `{bull-1-7g}:${NAME}-1:`] as const;

async function inRedis(url: string): Promise<OldQueue> {
  const client = new Redis(url, { maxRetriesPerRequest: null });
  const workers: Worker[] = [];
  return {
    // As its scripts wrote it: a job is a hash, its time times 4,096 stands in a sorted set.
    arm: async (sessions, atMs) => {
      await client.hset(`${SHARDS[0]}shards`, { number: 2, highest: 2 });
      await Promise.all(SHARDS.map((shard) => client.set(`${shard}epoch`, 'armed')));
      await Promise.all(SHARDS.map((shard) => client.zadd(`${shard}marker`, atMs, '1')));
      await Promise.all(
        sessions.map(async (session) => {
          const shard = session % 2 === 0 ? SHARDS[0] : SHARDS[1];
          const { name, data, opts } = jobOf(session, atMs);
          await client.zadd(`${shard}delayed`, atMs * 4_096, opts.jobId);
          await client.hset(shard + opts.jobId, {
            name,
            data: JSON.stringify(data),
            opts: JSON.stringify({ ...opts, attempts: 0 }),
            timestamp: atMs - opts.delay,
            delay: opts.delay,
            priority: 0,
          });
        }),
      );
    },
    // Its layout was BullMQ's, so BullMQ's worker reads it.
    work: async (settle) => {
      for (const shard of SHARDS) {
        const [prefix = '', name = ''] = shard.split(':');
        const process = ({ data }: OldJob) => settle(data.sessionId);
        workers.push(new Worker(name, process, { connection: client, prefix, ...AS_IT_WAS }));
      }
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    leftovers: () => client.keys(`*${NAME}*`),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      client.disconnect();
    },
  };
}

const OnPostgres = withBackend(createPostgresBackend);

async function inPostgres(url: string): Promise<OldQueue> {
  await prepareQueueTables(url);
  const options = { connection: postgresConnection(url) };
  const queue = new OnPostgres.Queue(NAME, options);
  await queue.waitUntilReady();
  const workers: { readonly close: () => Promise<void> }[] = [];
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    arm: async (sessions, atMs) => void (await queue.addBulk(sessions.map((one) => jobOf(one, atMs)))),
    work: async (settle) => {
      const process = ({ data }: OldJob) => settle(data.sessionId);
      const worker = new OnPostgres.Worker(NAME, process, { ...options, ...AS_IT_WAS });
      workers.push(worker);
      await worker.waitUntilReady();
    },
    leftovers: async () => {
      const { rows } = await client.query<{ id: string }>('SELECT id FROM bullmq.job WHERE queue = $1', [
        NAME,
      ]);
      return rows.map(({ id }) => id);
    },
    close: async () => {
      await Promise.all([...workers, queue].map((one) => one.close()));
      await client.end();
    },
  };
}
