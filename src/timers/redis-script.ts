import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-client.ts';

/** Runs one script on the node that has its keys. All keys share a hash tag. */
export type RedisScript = (
  client: RedisClient,
  keys: readonly string[],
  values: readonly (string | number)[],
) => Promise<unknown>;

/** Sends a script by its hash, and its text only to a server that does not know it: a new one, or after a restart. */
export function redisScript(text: string): RedisScript {
  const hash = createHash('sha1').update(text).digest('hex');
  return async (client, keys, values) => {
    try {
      return await client.evalsha(hash, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.eval(text, keys.length, ...keys, ...values);
    }
  };
}
