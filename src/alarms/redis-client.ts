import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { ConnectionWatch } from './connection-watch.ts';

export type RedisClient = Redis | Cluster;

/** For whoever has a caller waiting: no queueing while Redis is away, and no command without an end. */
export const failFast: RedisOptions = {
  enableOfflineQueue: false,
  commandTimeout: 2_000,
  connectTimeout: 2_000,
  // A command whose answer the connection took with it is rejected at once, not sent again.
  maxRetriesPerRequest: 0,
};

/** For workers, as BullMQ wants it: they wait for ever for a server that is away. */
export const patient: RedisOptions = { connectTimeout: 5_000, maxRetriesPerRequest: null };

/** 50 ms, then twice as long each time, up to 2 s; spread, so that not every process comes back at once. */
function retryDelayMs(attempt: number): number {
  const delayMs = Math.min(2_000, 50 * 2 ** Math.min(attempt, 10));
  return Math.round(delayMs * (0.75 + Math.random() / 2));
}

/** Opens one node, or a cluster where the URL names several nodes. Connects in the background, for ever. */
export function openRedis(url: string, kind: RedisOptions, watch: ConnectionWatch): RedisClient {
  const options: RedisOptions = {
    ...kind,
    keepAlive: 10_000,
    retryStrategy: retryDelayMs,
    // After a failover the old primary answers so: the address leads to the new one by now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
  const nodes = url.split(',').map((node) => node.trim());
  const client =
    nodes.length > 1
      ? new Cluster(nodes, {
          redisOptions: options,
          clusterRetryStrategy: retryDelayMs,
          enableOfflineQueue: kind.enableOfflineQueue ?? true,
        })
      : new Redis(url, options);
  watchRedis(client, watch);
  return client;
}

/** Resolves when the server answers, or at the first sign or after 2 s that it does not. */
export async function readyOrAway(client: RedisClient): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let settle = (): void => {};
  await new Promise<void>((resolve) => {
    settle = resolve;
    timer = setTimeout(resolve, 2_000);
    client.once('ready', resolve).once('close', resolve);
  });
  clearTimeout(timer);
  client.off('ready', settle).off('close', settle);
}

function watchRedis(client: RedisClient, watch: ConnectionWatch): void {
  // The reason comes first, as an error; the loss itself is the `close` that follows. A server that closes
  // the connection in good order gives no reason.
  client.on('error', (error: Error) => watch.lost(error));
  client.on('close', () => watch.lost(new Error('The server closed the connection')));
  client.on('ready', () => watch.works());
}
