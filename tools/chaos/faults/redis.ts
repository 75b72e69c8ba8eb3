import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { done, type Fault, type Injected } from '../fault.ts';
import type { Random } from '../../kit/random.ts';
import { withRedis } from '../rig/connections.ts';
import type { Rig } from '../rig/rig.ts';

const KILL_CLIENTS_EVERY_MS = 200;

const redisFault = (
  name: string,
  about: string,
  inject: (rig: Rig, random: Random) => Promise<Injected>,
): Fault => ({ name: `redis-${name}`, about, touches: ['redis'], isKill: false, inject });

export const redisKilled = (data: 'kept' | 'lost'): Fault =>
  redisFault(
    data === 'kept' ? 'killed' : 'lost',
    data === 'kept'
      ? 'kill -9 of Redis; it comes back with what its append-only file holds'
      : 'kill -9 of Redis; it comes back without any of its data',
    async (rig) => {
      await rig.redis.kill(data);
      await rig.redis.start();
      return done(`data ${data}`);
    },
  );

export const redisEmptied = redisFault('emptied', 'FLUSHALL: every alarm is gone', async (rig) => {
  await withRedis(rig.redis.url, (redis) => redis.flushall());
  return done('FLUSHALL');
});

/** SIGSTOP: connections stay open and nothing answers. */
export const redisFrozen = (seconds: number): Fault =>
  redisFault(
    `frozen-${seconds}s`,
    `Redis stands still for ${seconds} s, its connections stay open`,
    async (rig) => {
      rig.redis.freeze();
      await pause(seconds * 1000);
      rig.redis.thaw();
      return done(`for ${seconds} s`);
    },
  );

/** For every process: connections are refused, and those that were open are reset. */
export const redisClosed = (seconds: number): Fault =>
  redisFault(
    `closed-${seconds}s`,
    `the port of Redis is closed for ${seconds} s, and open connections are reset`,
    async (rig) => {
      await Promise.all(rig.processes.map(({ redis }) => redis.shut()));
      await pause(seconds * 1000);
      await Promise.all(rig.processes.map(({ redis }) => redis.open()));
      return done(`for ${seconds} s`);
    },
  );

export const redisClientsKilled = redisFault(
  'clients-killed',
  'every connection to Redis is killed every 200 ms, for 3 to 6 s',
  async (rig, random) => {
    const times = random.between(15, 30);
    await withRedis(rig.redis.url, async (redis) => {
      for (let time = 0; time < times; time += 1) {
        await redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await pause(KILL_CLIENTS_EVERY_MS);
      }
    });
    return done(`${times} times`);
  },
);

/** Wakes go this way: their loss makes followers late, and nothing else. */
export const redisSubscribersKilled = redisFault(
  'subscribers-killed',
  'every connection on which an API hears of changes is killed every 200 ms, for 3 to 6 s',
  async (rig, random) => {
    const times = random.between(15, 30);
    let killed = 0;
    await withRedis(rig.redis.url, async (redis) => {
      for (let time = 0; time < times; time += 1) {
        killed += Number(await redis.client('KILL', 'TYPE', 'pubsub'));
        await pause(KILL_CLIENTS_EVERY_MS);
      }
    });
    return done(`${killed} connections`);
  },
);

export const redisMemoryFull = redisFault(
  'memory-full',
  'Redis has no memory left and refuses every write, for 4 to 8 s',
  async (rig, random) => {
    const ms = random.between(4_000, 8_000);
    await withRedis(rig.redis.url, async (redis) => {
      await redis.config('SET', 'maxmemory', '1');
      await pause(ms);
      await restoreMemory(redis);
    });
    return done(`for ${ms / 1000} s`);
  },
);

export const redisEvicting = redisFault(
  'evicting',
  'Redis has the wrong maxmemory-policy and throws keys away, for 4 to 8 s',
  async (rig, random) => {
    const ms = random.between(4_000, 8_000);
    const evicted = await withRedis(rig.redis.url, async (redis) => {
      const before = await evictedKeys(redis);
      await redis.config('SET', 'maxmemory-policy', 'allkeys-random');
      await redis.config('SET', 'maxmemory', String(Math.round((await usedBytes(redis)) * 0.98)));
      await pause(ms);
      await restoreMemory(redis);
      return (await evictedKeys(redis)) - before;
    });
    return done(`${evicted} keys in ${ms / 1000} s`);
  },
);

async function restoreMemory(redis: Redis): Promise<void> {
  await redis.config('SET', 'maxmemory', '0');
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
}

const usedBytes = (redis: Redis): Promise<number> => figure(redis, 'memory', /^used_memory:(\d+)/m);
const evictedKeys = (redis: Redis): Promise<number> => figure(redis, 'stats', /^evicted_keys:(\d+)/m);

async function figure(redis: Redis, section: string, pattern: RegExp): Promise<number> {
  return Number(pattern.exec(await redis.info(section))?.[1] ?? 0);
}
