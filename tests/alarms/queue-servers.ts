import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest';
import { createInspectableQueues, type InspectableQueues } from '../../src/alarms/board.ts';
import { prepareQueue } from '../../src/alarms/prepare-queue.ts';
import { createAlarms, type QueueAlarms } from '../../src/alarms/producer.ts';
import type { QueueSettings } from '../../src/alarms/queues.ts';
import { createEmptyDatabase } from '../../tools/kit/database.ts';
import { describeWithRedis } from '../../tools/kit/describe.ts';
import { startRedis } from '../../tools/kit/redis.ts';

export interface QueueServer {
  readonly settings: QueueSettings;
  /** Everything in the queue is gone at once, as after a flush or a restore of an old copy. */
  lose(): Promise<void>;
  stop(): Promise<void>;
}

/** Every claim about the queue is tested on both. Await it at the top of the file. */
export async function describeOnEachQueue(
  name: string,
  body: (startServer: () => Promise<QueueServer>) => void,
): Promise<void> {
  await describeWithRedis(`${name} on Redis`, () => body(startRedisQueue));
  describe(`${name} on PostgreSQL`, () => body(startPostgresQueue));
}

/** A server, a producer and a board for the tests of a file, and a queue that is empty and goes on at each test. */
export function useQueue(startServer: () => Promise<QueueServer>) {
  let server: QueueServer;
  let alarms: QueueAlarms;
  let inspection: InspectableQueues;
  beforeAll(async () => {
    server = await startServer();
    alarms = await createAlarms(server.settings, () => {});
    inspection = await createInspectableQueues(server.settings, () => {});
  });
  afterAll(async () => {
    await Promise.all([alarms.close(), inspection.close()]);
    await server.stop();
  });
  const queue = (): Queue => inspection.queues[0] ?? expect.fail('no queue');
  beforeEach(async () => {
    await server.lose();
    await queue().resume();
  });
  return {
    server: () => server,
    queue,
    inspection: () => inspection,
    arm: (...given: Parameters<QueueAlarms['arm']>) => alarms.arm(...given),
  };
}

export async function startRedisQueue(): Promise<QueueServer> {
  const server = await startRedis();
  // A server that is shared has other test files on it: each process of the run keeps to its own database.
  const url = new URL(server.url);
  url.pathname = `/${process.env['VITEST_POOL_ID'] ?? 0}`;
  const client = new Redis(url.href);
  return {
    settings: { kind: 'redis', url: url.href, prefix: 'tests' },
    lose: async () => {
      await client.flushdb();
    },
    stop: async () => {
      client.disconnect();
      await server.stop();
    },
  };
}

export async function startPostgresQueue(): Promise<QueueServer> {
  const database = await createEmptyDatabase();
  const settings = { kind: 'postgres', url: database.url } as const;
  await prepareQueue(settings);
  const client = new Client({ connectionString: settings.url });
  await client.connect();
  return {
    settings,
    lose: async () => void (await client.query('TRUNCATE bullmq.job, bullmq.scheduler CASCADE')),
    stop: async () => {
      await client.end();
      await database.drop();
    },
  };
}
