import { done, type Fault } from '../fault.ts';
import { withRedis } from '../rig/redis-command.ts';

export const redisEmptied: Fault = {
  name: 'redis-emptied',
  about: 'FLUSHALL: every alarm is gone, and nobody is told',
  touches: ['redis'],
  isKill: false,
  inject: async (rig) => {
    await withRedis(rig.redisUrl, (redis) => redis.flushall());
    return done('FLUSHALL');
  },
};
