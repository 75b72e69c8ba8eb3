import { startRedisServer } from './redis-server.ts';
import { whyMissing } from './system-programs.ts';

export interface TestRedis {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * A Redis server of the caller's own. Where REDIS_URL is set, that server instead; then the data is shared and the
 * caller keeps to names of its own. @throws where there is no Redis.
 */
export async function startRedis(): Promise<TestRedis> {
  const url = sharedUrl();
  if (url !== null) return { url, stop: () => Promise.resolve() };
  const missing = await whyNoRedis();
  if (missing !== null) throw new Error(missing);
  return startRedisServer();
}

/** What stands in the way of startRedis; null where nothing does. */
export async function whyNoRedis(): Promise<string | null> {
  if (sharedUrl() !== null) return null;
  const missing = await whyMissing('redis-server');
  return missing === null ? null : `${missing}, or set REDIS_URL`;
}

function sharedUrl(): string | null {
  const url = process.env['REDIS_URL'];
  return url === undefined || url === '' ? null : url;
}
