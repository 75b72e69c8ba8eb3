import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { DEFAULT_PREFIX } from '../../../src/config.ts';
import { createInspectableQueues } from '../../../src/alarms/board.ts';

const TIMEOUT_MS = 5_000;

/** An administrator's connection to Redis, past every proxy, for as long as `use` takes. */
export async function withRedis<Result>(
  redisUrl: string,
  use: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const redis = new Redis(redisUrl, { connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS });
  // The fault that it serves may cut it: then its commands fail, and it connects again.
  redis.on('error', () => {});
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

/** The queues as an administrator sees them, past every proxy, for as long as `use` takes. */
export async function withQueues<Result>(
  redisUrl: string,
  use: (queues: readonly Queue[]) => Promise<Result>,
): Promise<Result> {
  const inspection = await createInspectableQueues(
    { kind: 'redis', url: redisUrl, prefix: DEFAULT_PREFIX },
    () => {},
  );
  try {
    return await use(inspection.queues);
  } finally {
    await inspection.close();
  }
}
