import { Redis } from 'ioredis';
import type { Transport } from './bus.ts';

/** Redis PUBLISH and SUBSCRIBE. `onError` hears of each failure; both connections are opened again for ever. */
export async function openRedisTransport(options: {
  readonly url: string;
  readonly channel: string;
  readonly onMessage: ((payload: string) => void) | null;
  readonly onReconnected: () => void;
  readonly onError: (error: unknown) => void;
}): Promise<Transport> {
  const { url, channel, onMessage, onReconnected, onError } = options;
  const publisher = connect(url, onError);
  if (onMessage === null)
    return {
      send: (payload) => publish(publisher, channel, payload),
      close: async () => publisher.disconnect(),
    };
  const subscriber = connect(url, onError);
  subscriber.on('message', (_channel, payload) => onMessage(payload));
  let hasBeenReady = false;
  // ioredis subscribes again by itself after a lost connection.
  subscriber.on('ready', () => {
    if (hasBeenReady) onReconnected();
    hasBeenReady = true;
  });
  subscriber.subscribe(channel).catch(onError);
  return {
    send: (payload) => publish(publisher, channel, payload),
    close: async () => {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

const publish = async (client: Redis, channel: string, payload: string): Promise<void> => {
  await client.publish(channel, payload);
};

/** Nothing is kept to be sent later: an old wake is worth nothing. */
const connect = (url: string, onError: (error: unknown) => void): Redis =>
  new Redis(url, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: 1,
    commandTimeout: 2_000,
    retryStrategy: (times) => Math.min(2_000, times * 200),
  }).on('error', onError);
