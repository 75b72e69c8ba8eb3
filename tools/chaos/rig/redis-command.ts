import { Redis } from 'ioredis';

const TIMEOUT_MS = 5_000;

/** A connection of an administrator, past every proxy, for as long as `use` takes. */
export async function withRedis<Result>(
  redisUrl: string,
  use: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const redis = new Redis(redisUrl, { connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS });
  // It may be cut by the very fault that it is for; it connects again, and its commands say so.
  redis.on('error', () => {});
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
