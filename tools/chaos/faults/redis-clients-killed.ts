import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';
import { withRedis } from '../rig/redis-command.ts';

const EVERY_MS = 200;

export const redisClientsKilled: Fault = {
  name: 'redis-clients-killed',
  about: 'every connection to Redis is killed every 200 ms, for 3 to 6 s',
  touches: ['redis'],
  isKill: false,
  inject: async (rig, random) => {
    const times = random.integer(15, 30);
    await withRedis(rig.redisUrl, async (redis) => {
      for (let time = 0; time < times; time += 1) {
        await redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await pause(EVERY_MS);
      }
    });
    return done(`${times} times`);
  },
};
