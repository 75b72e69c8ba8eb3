import {
  createPostgresBackend,
  Queue,
  Worker,
  withBackend,
  type Processor,
  type WorkerOptions,
} from 'bullmq';
import { connectionTo, queueSchemaOf } from '../storage/database-url.ts';
import { requirePrimary } from '../storage/primary-only.ts';
import { createConnectionWatch } from './connection-watch.ts';
import type { QueueConnection, Report } from './notice.ts';
import { isConnectionError } from './queue-error.ts';
import type { QueueSettings } from './queue-settings.ts';
import { failFast, openRedis, patient, readyOrAway } from './redis-client.ts';
import { watchPulse } from './redis-pulse.ts';
import { reportRiskySetup } from './redis-setup.ts';

/** Queues and workers of BullMQ, on whichever backend: whoever has one does not see which. */
export interface QueueOpener {
  readonly openQueue: (name: string) => Promise<Queue>;
  readonly openWorker: (
    name: string,
    processor: Processor,
    options: Omit<WorkerOptions, 'connection'>,
  ) => Promise<Worker>;
  /** All that were opened, and their connections. */
  readonly close: (isForced?: boolean) => Promise<void>;
}

interface Closable {
  readonly close: (isForced: boolean) => Promise<void>;
  readonly waitUntilReady: () => Promise<unknown>;
}

const onPostgres = withBackend(createPostgresBackend);

/** In braces: all keys on one node of a cluster. */
const prefix = '{bull}';

const postgresLimits = {
  max: 4,
  connectionTimeoutMillis: 2_000,
  query_timeout: 5_000,
  statement_timeout: 5_000,
  idleTimeoutMillis: 60_000,
  keepAlive: true,
  verify: requirePrimary,
};

export async function openQueues(
  settings: QueueSettings,
  connection: QueueConnection,
  report: Report,
): Promise<QueueOpener> {
  const watch = createConnectionWatch(connection, report);
  const closers: ((isForced: boolean) => Promise<unknown>)[] = [];
  const onError = (error: unknown): void =>
    settings.kind === 'postgres' && isConnectionError(error) ? watch.lost(error) : watch.failed(error);
  const opened = async <T extends Closable>(one: T): Promise<T> => {
    closers.push((isForced) => one.close(isForced));
    try {
      // BullMQ never tries a failed first connection to PostgreSQL again, and its worker would ask without a pause.
      if (settings.kind === 'postgres') await one.waitUntilReady();
    } catch (error) {
      await close();
      throw error;
    }
    return one;
  };
  const close = async (isForced = false): Promise<void> => {
    watch.stop();
    await Promise.all(closers.map((closer) => closer(isForced)));
    if (settings.kind === 'redis') stopRedis();
  };
  let stopRedis = (): void => {};

  if (settings.kind === 'postgres') {
    // BullMQ's tables live in a schema of their own, beside the engine's; it sets the search path to it, after ours.
    const database = { ...connectionTo(settings.url, postgresLimits), schema: queueSchemaOf(settings.url) };
    const options = { connection: database };
    return {
      openQueue: (name) =>
        opened(asDeclared<Queue>(Queue, new onPostgres.Queue(name, options)).on('error', onError)),
      openWorker: async (name, processor, more) => {
        const worker = asDeclared<Worker>(
          Worker,
          new onPostgres.Worker(name, processor, { ...more, ...options }),
        );
        // PostgreSQL has no event for a connection that is back: the next answer is the sign.
        return opened(worker.on('error', onError).on('active', watch.works).on('drained', watch.works));
      },
      close,
    };
  }
  const client = openRedis(settings.url, connection === 'worker' ? patient : failFast, watch);
  if (connection === 'inspection') client.on('ready', () => void reportRiskySetup(client, report));
  const pulse = watchPulse(client);
  stopRedis = () => {
    pulse.stop();
    client.disconnect();
  };
  // So that the first command is not refused only because the connection is still being made.
  await readyOrAway(client);
  const options = { connection: client, prefix };
  // So that a queue can be had while Redis is away. Not for a worker: where BullMQ does not know the version, it waits in
  // whole seconds.
  const atOnce = { skipWaitingForReady: true, skipVersionCheck: true };
  return {
    openQueue: (name) => opened(new Queue(name, { ...options, ...atOnce }).on('error', onError)),
    openWorker: (name, processor, more) =>
      opened(new Worker(name, processor, { ...more, ...options }).on('error', onError)),
    close,
  };
}

/** The same object under the type that BullMQ and the board declare for any backend. */
function asDeclared<T extends object>(type: Function & { readonly prototype: T }, value: object): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked here
  if (value instanceof type) return value as T;
  throw new TypeError('This is not of the BullMQ that is installed: there may be two versions of it');
}
