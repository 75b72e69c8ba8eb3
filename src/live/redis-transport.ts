import { Redis } from 'ioredis';
import { sleep } from '../async/sleep.ts';
import {
  ANSWER_TIMEOUT_MS,
  MAX_RETRY_MS,
  PULSE_EVERY_MS,
  type Transport,
  type TransportOptions,
} from './bus.ts';

/** Redis PUBLISH and SUBSCRIBE. Connections are opened again also where they are open and Redis does not answer. */
export async function openRedisTransport(options: TransportOptions): Promise<Transport> {
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
  { url, channel, onConnected, onError }: TransportOptions,
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
    connectTimeout: ANSWER_TIMEOUT_MS,
    commandTimeout: ANSWER_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(MAX_RETRY_MS, times * 200),
  }).on('error', onError);
