import {
  createPostgresBackend,
  Queue,
  Worker,
  withBackend,
  type Processor,
  type WorkerOptions,
} from 'bullmq';
import { sleep } from '../async/sleep.ts';
import type { RedisFlaw } from '../watch/state.ts';
import { type ConnectionWatch, createConnectionWatch, isConnectionError } from './errors.ts';
import { QUEUE_NAME } from './job.ts';
import type { QueueConnection, Report } from './notices.ts';
import { postgresConnection } from './postgres.ts';
import {
  checkRedis,
  claimRedis,
  FAIL_FAST,
  keepAlive,
  openRedis,
  PATIENT,
  readyOrAway,
  redisFlaws,
  reportRiskySetup,
} from './redis.ts';

/** Where the alarms live: Redis in production, or PostgreSQL where there is no Redis. */
export type QueueSettings = RedisQueueSettings | { readonly kind: 'postgres'; readonly url: string };

export interface RedisQueueSettings {
  readonly kind: 'redis';
  /** Several URLs, separated by commas, are the nodes of one cluster. */
  readonly url: string;
  /** What the names of all keys begin with. */
  readonly prefix: string;
  /** Which installation this is, so that two do not share a queue unnoticed; null where that is not known. */
  readonly installation?: () => Promise<string | null>;
}

/** The queue and workers of it, by BullMQ, on either backend. */
export interface Queues {
  /** `skipMetasUpdate`: writes nothing there. */
  readonly openQueue: (more?: { readonly skipMetasUpdate: true }) => Promise<Queue>;
  readonly openWorker: (processor: Processor, options: Omit<WorkerOptions, 'connection'>) => Promise<Worker>;
  /** What of Redis's configuration may lose alarms; nothing on PostgreSQL. Rejects where Redis is away. */
  readonly redisFlaws: () => Promise<readonly RedisFlaw[]>;
  /** All that were opened, and their connections. */
  readonly close: () => Promise<void>;
}

/** @throws QueueSetupError where Redis refuses what REDIS_URL says, or holds the alarms of another installation. */
export function openQueues(
  settings: QueueSettings,
  connection: QueueConnection,
  report: Report,
): Promise<Queues> {
  const watch = createConnectionWatch(connection, report);
  return settings.kind === 'redis'
    ? onRedis(settings, connection, watch, report)
    : Promise.resolve(onPostgres(settings.url, watch));
}

async function onRedis(
  settings: RedisQueueSettings,
  connection: QueueConnection,
  watch: ConnectionWatch,
  report: Report,
): Promise<Queues> {
  await checkRedis(settings.url);
  const client = openRedis(settings.url, connection === 'worker' ? PATIENT : FAIL_FAST, watch);
  if (connection === 'inspection') client.on('ready', () => void reportRiskySetup(client, report));
  const stopped = new AbortController();
  void keepAlive(client, stopped.signal);
  const opened: (Queue | Worker)[] = [];
  const close = async (): Promise<void> => {
    watch.stop();
    await Promise.all(opened.map((one) => one.close()));
    stopped.abort();
    client.disconnect();
  };
  // So that the first command is not refused only because the connection is still being made.
  await readyOrAway(client);
  // In braces: all keys are on one node of a cluster.
  const prefix = `{${settings.prefix}}`;
  const installation = connection === 'alarms' ? await settings.installation?.() : null;
  if (client.status === 'ready' && installation !== null && installation !== undefined)
    await claimRedis(client, prefix, installation).catch(async (error: unknown) => {
      await close();
      throw error;
    });
  const options = { connection: client, prefix };
  const onError = (error: unknown): void => watch.failed(error);
  return {
    // So that a queue can be had while Redis is away. Not for a worker: where BullMQ does not know the version, it
    // waits in whole seconds.
    openQueue: (more) => {
      const atOnce = { skipWaitingForReady: true, skipVersionCheck: true };
      const queue = new Queue(QUEUE_NAME, { ...options, ...atOnce, ...more }).on('error', onError);
      opened.push(queue);
      return Promise.resolve(queue);
    },
    openWorker: (processor, more) => {
      const worker = new Worker(QUEUE_NAME, processor, { ...more, ...options }).on('error', onError);
      opened.push(worker);
      return Promise.resolve(worker);
    },
    redisFlaws: () => redisFlaws(client),
    close,
  };
}

const PostgresBullMQ = withBackend(createPostgresBackend);

/** BullMQ never tries a failed first connection to PostgreSQL again, so this does, as often. */
const OPEN_ATTEMPTS = 5;
const OPEN_PAUSE_MS = 1_000;

function onPostgres(url: string, watch: ConnectionWatch): Queues {
  const options = { connection: postgresConnection(url) };
  const opened: (Queue | Worker)[] = [];
  const onError = (error: unknown): void =>
    isConnectionError(error) ? watch.lost(error) : watch.failed(error);

  async function open<T extends Queue | Worker>(create: () => T): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const one = create();
      try {
        await one.waitUntilReady();
        opened.push(one);
        return one;
      } catch (error) {
        // A worker that is not closed would ask without a pause.
        await one.close();
        if (attempt >= OPEN_ATTEMPTS || !isConnectionError(error)) throw error;
        await sleep(OPEN_PAUSE_MS);
      }
    }
  }

  return {
    openQueue: (more) =>
      open(() =>
        asDeclared<Queue>(Queue, new PostgresBullMQ.Queue(QUEUE_NAME, { ...options, ...more })).on(
          'error',
          onError,
        ),
      ),
    openWorker: async (processor, more) => {
      const worker = await open(() =>
        asDeclared<Worker>(
          Worker,
          new PostgresBullMQ.Worker(QUEUE_NAME, processor, { ...more, ...options }),
        ).on('error', onError),
      );
      // PostgreSQL has no event for a connection that is back: the next answer is the sign.
      return worker.on('active', watch.works).on('drained', watch.works);
    },
    redisFlaws: () => Promise.resolve([]),
    close: async () => {
      watch.stop();
      await Promise.all(opened.map((one) => one.close()));
    },
  };
}

/** The same object under the type that BullMQ and the board declare for any backend. */
function asDeclared<T extends object>(type: Function & { readonly prototype: T }, value: object): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked here
  if (value instanceof type) return value as T;
  throw new TypeError('This is not of the BullMQ that is installed: there may be two versions of it');
}
