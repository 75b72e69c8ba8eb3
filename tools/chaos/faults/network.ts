import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';
import type { Weather } from '../../kit/tcp-proxy.ts';
import type { Random } from '../random.ts';
import { pickSeat } from './seats.ts';

/** Bad weather on the way of one process to PostgreSQL, to Redis or to both. */
const network = (name: string, about: string, weatherOf: (random: Random) => Weather): Fault => ({
  name: `network-${name}`,
  about: `on the way of one process to PostgreSQL, Redis or both, for 5 to 9 s: ${about}`,
  touches: ['network'],
  isKill: false,
  inject: async (rig, random) => {
    const seat = pickSeat(rig, random, null);
    const ways = random.pick([['postgres'], ['redis'], ['postgres', 'redis']] as const);
    const weather = weatherOf(random);
    const ms = random.integer(5_000, 9_000);
    for (const way of ways) seat[way].setWeather(weather);
    await pause(ms);
    for (const way of ways) seat[way].setWeather({ kind: 'fair' });
    return done(`${seat.name} to ${ways.join(' and ')} for ${ms / 1000} s`);
  },
});

export const networkOneWay = network('one-way', 'questions arrive, answers come only afterwards', () => ({
  kind: 'one_way',
}));
export const networkHalfOpen = network('half-open', 'nothing arrives, and nobody is told', () => ({
  kind: 'half_open',
}));
export const networkSlow = network('slow', '200 ms more each way', () => ({ kind: 'slow', latencyMs: 200 }));
export const networkResetting = network(
  'resetting',
  '1 to 5 % of all that is sent resets its connection',
  (random) => ({ kind: 'resetting', probability: random.integer(1, 5) / 100, random }),
);
