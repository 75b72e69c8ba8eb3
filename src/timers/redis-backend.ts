import { Queue, Worker } from 'bullmq';
import type { Backend, JobProcessor, OpenQueue, OpenWorkers, WorkerSettings } from './backend.ts';
import { alarmQueueName } from './catalogue.ts';
import { createConnectionWatch, type ConnectionWatch } from './connection-watch.ts';
import type { QueueConnection, Report } from './notice.ts';
import { failFast, openRedis, readyOrAway, waitForEver, type RedisClient } from './redis-client.ts';
import { answers, watchPulse } from './redis-pulse.ts';
import { reportRiskySetup } from './redis-setup.ts';
import { inHand, workerOptions } from './worker-options.ts';

/** In braces, because a cluster keeps on one node only those keys that share a hash tag. */
const prefix = '{bull}';

export function redisBackend(url: string): Backend {
  return {
    prepare: async () => {},
    openQueue: (connection, report) => openQueue(url, connection, report),
    openWorkers: async (settings, process, report) => openWorkers(url, settings, process, report),
  };
}

async function openQueue(url: string, connection: QueueConnection, report: Report): Promise<OpenQueue> {
  const watch = createConnectionWatch(connection, report);
  const client = openRedis(url, failFast, watch);
  if (connection === 'inspection') client.on('ready', () => void reportRiskySetup(client, report));
  const pulse = watchPulse(client);
  // So that the first alarm is not refused only because the connection is still being made.
  await readyOrAway(client);
  const queue = new Queue(alarmQueueName, {
    connection: client,
    prefix,
    // Both, so that the queue exists at once. BullMQ would ask for the version first, and if Redis is
    // away at that moment, the queue would answer with that one error for ever.
    skipWaitingForReady: true,
    skipVersionCheck: true,
  });
  queue.on('error', watch.failed);
  return {
    queue,
    backend: queue.getBackend(),
    ping: async () => void (await client.ping()),
    close: async () => {
      watch.stop();
      pulse.stop();
      await queue.close();
      client.disconnect();
    },
  };
}

function openWorkers(
  url: string,
  settings: WorkerSettings,
  process: JobProcessor,
  report: Report,
): OpenWorkers {
  const watch = createConnectionWatch('worker', report);
  const client = openRedis(url, waitForEver, watch);
  const pulse = watchPulse(client);
  const workers = Array.from({ length: settings.instances }, () => {
    const worker = new Worker<unknown, void>(
      alarmQueueName,
      (job): Promise<void> => process(inHand(job, worker.getBackend(), report)),
      { ...workerOptions(settings), connection: client, prefix },
    );
    worker.on('error', watch.failed);
    worker.on('stalled', (jobId) => report({ kind: 'alarm_stalled', jobId }));
    return worker;
  });
  return {
    close: async () => {
      pulse.stop();
      await closeWorkers(workers, client, watch);
    },
  };
}

/**
 * Without Redis nothing can be handed back, and BullMQ's orderly close would wait for an answer that
 * never comes: the connections are cut. The alarms in hand are given to others once their locks expire.
 */
async function closeWorkers(
  workers: readonly Worker<unknown, void>[],
  client: RedisClient,
  watch: ConnectionWatch,
): Promise<void> {
  // From here on no further job is taken, whatever the answer.
  await Promise.all(workers.map((worker) => worker.pause(true)));
  const isThere = await answers(client);
  watch.stop();
  await Promise.all(workers.map((worker) => worker.close(!isThere)));
  client.disconnect();
}
