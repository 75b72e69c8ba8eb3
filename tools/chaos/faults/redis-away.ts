import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';

/** SIGSTOP: connections stay open and nothing answers. */
export const redisFrozen = (seconds: number): Fault => ({
  name: `redis-frozen-${seconds}s`,
  about: `Redis stands still for ${seconds} s, its connections stay open`,
  touches: ['redis'],
  isKill: false,
  inject: async (rig) => {
    rig.redis.freeze();
    await pause(seconds * 1000);
    rig.redis.thaw();
    return done(`for ${seconds} s`);
  },
});

/** Nobody listens, and what was open is reset, for every process. */
export const redisClosed = (seconds: number): Fault => ({
  name: `redis-closed-${seconds}s`,
  about: `the port of Redis is closed for ${seconds} s, and what was open is reset`,
  touches: ['redis'],
  isKill: false,
  inject: async (rig) => {
    await Promise.all(rig.seats.map((seat) => seat.redis.shut()));
    await pause(seconds * 1000);
    await Promise.all(rig.seats.map((seat) => seat.redis.open()));
    return done(`for ${seconds} s`);
  },
});
