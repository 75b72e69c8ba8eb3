import { createPostgresBackend, Queue, runMigrations, withBackend } from 'bullmq';
import { Client } from 'pg';
import { requirePrimary } from '../storage/primary-only.ts';
import type { Backend, ConsumerOptions, OpenConsumer, OpenInspection, QueueAlarms } from './backend.ts';
import { alarmQueueName } from './catalogue.ts';
import { createConnectionWatch, type ConnectionWatch } from './connection-watch.ts';
import type { QueueConnection, Report } from './notice.ts';
import { alarmsOf } from './postgres-alarms.ts';
import { isConnectionError } from './queue-error.ts';
import { inHand, tellTurns, workerOptions } from './worker-options.ts';

const bullmq = withBackend(createPostgresBackend);

/** BullMQ's tables live in a schema of their own, beside the engine's. */
const schema = 'bullmq';

/** For whoever has a caller waiting. */
const failFast = {
  schema,
  max: 2,
  connectionTimeoutMillis: 2_000,
  query_timeout: 2_000,
  statement_timeout: 2_000,
  idleTimeoutMillis: 60_000,
  keepAlive: true,
  // BullMQ makes the pool: alarms are where the money is, on the primary.
  verify: requirePrimary,
};

/** A worker sends its statements one after the other, but for the ends of jobs that it has in hand. */
const patient = {
  ...failFast,
  max: 4,
  connectionTimeoutMillis: 5_000,
  query_timeout: 10_000,
  statement_timeout: 10_000,
};

const migrationTimeoutMs = 60_000;

export function postgresBackend(url: string): Backend {
  return {
    prepare: () => prepare(url),
    openAlarms: (report) => openAlarms(url, report),
    openInspection: (report) => openInspection(url, report),
    openConsumer: (options) => openConsumer(url, options),
  };
}

async function prepare(url: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: failFast.connectionTimeoutMillis,
    query_timeout: migrationTimeoutMs,
  });
  await client.connect();
  try {
    await runMigrations(client, schema);
  } finally {
    await client.end();
  }
}

async function openQueue(url: string, connection: QueueConnection, report: Report) {
  const watch = createConnectionWatch(connection, report);
  const queue = new bullmq.Queue(alarmQueueName, {
    connection: { ...failFast, connectionString: url },
  });
  queue.on('error', onError(watch));
  const close = async (): Promise<void> => {
    watch.stop();
    await queue.close();
  };
  await closeIfItFails(queue.waitUntilReady(), close);
  return { queue, watch, close };
}

async function openAlarms(url: string, report: Report): Promise<QueueAlarms> {
  const { queue, close } = await openQueue(url, 'alarms', report);
  return { ...alarmsOf(asDeclared(queue), queue.getBackend()), close };
}

async function openInspection(url: string, report: Report): Promise<OpenInspection> {
  const { queue, watch, close } = await openQueue(url, 'inspection', report);
  return {
    queues: [asDeclared(queue)],
    ping: async () => {
      await queue.getBackend().connection.pool.query('SELECT 1');
      watch.works();
    },
    close,
  };
}

/** BullMQ's own workers. */
async function openConsumer(url: string, options: ConsumerOptions): Promise<OpenConsumer> {
  const { settings, process, turns, report } = options;
  const watch = createConnectionWatch('worker', report);
  let inHandNow = 0;
  const workers = Array.from({ length: settings.instances }, (_worker, index) => {
    const worker = new bullmq.Worker<unknown, void>(
      alarmQueueName,
      async (job): Promise<void> => {
        inHandNow += 1;
        try {
          await process(inHand(job, worker.getBackend(), report));
        } finally {
          inHandNow -= 1;
        }
      },
      { ...workerOptions(settings), connection: { ...patient, connectionString: url } },
    );
    tellTurns(worker.getBackend(), turns, `consumer ${index}`);
    worker.on('error', onError(watch));
    worker.on('stalled', (jobId) => report({ kind: 'alarm_stalled', jobId }));
    // PostgreSQL has no event for a connection that is back: the next answer is the sign.
    worker.on('active', watch.works);
    worker.on('drained', watch.works);
    return worker;
  });
  const stop = async (isForced: boolean): Promise<void> => {
    watch.stop();
    await Promise.all(workers.map((worker) => worker.close(isForced)));
  };
  await closeIfItFails(Promise.all(workers.map((worker) => worker.waitUntilReady())), () => stop(false));
  return {
    isFull: () => inHandNow >= settings.concurrency,
    abandon: () => void stop(true).catch(() => {}),
    close: async (looksDone) => {
      await stop(false);
      // When the queue is away, BullMQ does not wait for them.
      await looksDone();
    },
  };
}

/** PostgreSQL has no event for a lost connection, either: the errors of the operations tell. */
function onError(watch: ConnectionWatch): (error: unknown) => void {
  return (error) => (isConnectionError(error) ? watch.lost(error) : watch.failed(error));
}

/** The same queue under the type that BullMQ and the board declare for any queue. */
function asDeclared(queue: object): Queue {
  if (queue instanceof Queue) return queue;
  throw new TypeError('This is not a queue of the BullMQ that is installed: there may be two versions of it');
}

async function closeIfItFails(ready: Promise<unknown>, close: () => Promise<void>): Promise<void> {
  try {
    await ready;
  } catch (error) {
    await close();
    throw error;
  }
}
