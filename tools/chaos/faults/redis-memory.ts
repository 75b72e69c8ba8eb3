import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { done, type Fault } from '../fault.ts';
import { withRedis } from '../rig/redis-command.ts';

const inPeaceAgain = async (redis: Redis): Promise<void> => {
  await redis.config('SET', 'maxmemory', '0');
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
};

export const redisMemoryFull: Fault = {
  name: 'redis-memory-full',
  about: 'Redis has no memory left and refuses every write, for 4 to 8 s',
  touches: ['redis'],
  isKill: false,
  inject: async (rig, random) => {
    const ms = random.integer(4_000, 8_000);
    await withRedis(rig.redisUrl, async (redis) => {
      await redis.config('SET', 'maxmemory', '1');
      await pause(ms);
      await inPeaceAgain(redis);
    });
    return done(`for ${ms / 1000} s`);
  },
};

export const redisEvicting: Fault = {
  name: 'redis-evicting',
  about: 'Redis has the wrong maxmemory-policy and throws keys away, for 4 to 8 s',
  touches: ['redis'],
  isKill: false,
  inject: async (rig, random) => {
    const ms = random.integer(4_000, 8_000);
    const before = await withRedis(rig.redisUrl, async (redis) => {
      const evictedBefore = await evictedKeys(redis);
      await redis.config('SET', 'maxmemory-policy', 'allkeys-random');
      await redis.config('SET', 'maxmemory', String(Math.round((await usedBytes(redis)) * 0.98)));
      await pause(ms);
      await inPeaceAgain(redis);
      return (await evictedKeys(redis)) - evictedBefore;
    });
    return done(`${before} keys in ${ms / 1000} s`);
  },
};

const usedBytes = (redis: Redis): Promise<number> => figure(redis, 'memory', /^used_memory:(\d+)/m);
const evictedKeys = (redis: Redis): Promise<number> => figure(redis, 'stats', /^evicted_keys:(\d+)/m);

async function figure(redis: Redis, section: string, pattern: RegExp): Promise<number> {
  return Number(pattern.exec(await redis.info(section))?.[1] ?? 0);
}
