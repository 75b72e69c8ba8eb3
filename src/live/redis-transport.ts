import { Redis } from 'ioredis';
import { sleep } from '../async/sleep.ts';
import type { Transport } from './bus.ts';

/** A connection that does not answer for so long is opened again. */
const ANSWERS_WITHIN_MS = 2_000;
const PULSE_EVERY_MS = 2_000;
const LAST_RETRY_MS = 1_000;

export interface RedisTransportOptions {
  readonly url: string;
  readonly channel: string;
  readonly onMessage: ((payload: string) => void) | null;
  /** It hears from now on. */
  readonly onConnected: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Redis PUBLISH and SUBSCRIBE. `onError` hears of each failure. The connections are opened again for ever, also where
 * they are open and nobody answers.
 */
export async function openRedisTransport(options: RedisTransportOptions): Promise<Transport> {
  const { url, channel, onMessage, onError } = options;
  const closing = new AbortController();
  const publisher = connect(url, onError);
  const clients = onMessage === null ? [publisher] : [publisher, subscribe(options, onMessage)];
  for (const client of clients) void watchPulse(client, closing.signal);
  return {
    send: async (payload) => {
      await publisher.publish(channel, payload);
    },
    close: async () => {
      closing.abort();
      for (const client of clients) client.disconnect();
    },
  };
}

/** Subscribes at every connection: what is asked while Redis is away is given up. */
function subscribe(
  { url, channel, onConnected, onError }: RedisTransportOptions,
  onMessage: (payload: string) => void,
): Redis {
  const subscriber = connect(url, onError);
  subscriber.on('message', (_channel, payload) => onMessage(payload));
  subscriber.on('ready', () => void subscriber.subscribe(channel).then(onConnected, onError));
  return subscriber;
}

async function watchPulse(client: Redis, closing: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(PULSE_EVERY_MS, closing);
    if (closing.aborted) return;
    if (client.status === 'ready')
      await client.ping().catch(() => !closing.aborted && client.disconnect(true));
  }
}

/** Nothing is kept to be sent later: an old wake is worth nothing. */
const connect = (url: string, onError: (error: unknown) => void): Redis =>
  new Redis(url, {
    enableOfflineQueue: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWERS_WITHIN_MS,
    commandTimeout: ANSWERS_WITHIN_MS,
    retryStrategy: (times) => Math.min(LAST_RETRY_MS, times * 200),
  }).on('error', onError);
