import { done, type Fault } from '../fault.ts';

export const redisKilled = (data: 'kept' | 'lost'): Fault => ({
  name: data === 'kept' ? 'redis-killed' : 'redis-lost',
  about:
    data === 'kept'
      ? 'kill -9 of Redis; it comes back with what its append-only file holds'
      : 'kill -9 of Redis; it comes back without any of its data',
  touches: ['redis'],
  isKill: false,
  inject: async (rig) => {
    await rig.redis.killAndStart(data);
    return done(`data ${data}`);
  },
});
