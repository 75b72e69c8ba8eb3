import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';
import type { NetworkCondition } from '../../kit/tcp-proxy.ts';
import type { Random } from '../../kit/random.ts';
import { pickProcess } from './at-event.ts';

/** A bad network between one process and PostgreSQL, Redis or both. */
const network = (name: string, about: string, conditionOf: (random: Random) => NetworkCondition): Fault => ({
  name: `network-${name}`,
  about: `on the way of one process to PostgreSQL, Redis or both, for 5 to 9 s: ${about}`,
  touches: ['network'],
  isKill: false,
  inject: async (rig, random) => {
    const target = pickProcess(rig, random, null);
    const ways = random.pick([['postgres'], ['redis'], ['postgres', 'redis']] as const);
    const condition = conditionOf(random);
    const ms = random.between(5_000, 9_000);
    for (const way of ways) target[way].setCondition(condition);
    await pause(ms);
    for (const way of ways) target[way].setCondition({ kind: 'normal' });
    return done(`${target.name} to ${ways.join(' and ')} for ${ms / 1000} s`);
  },
});

export const networkOneWay = network('one-way', 'questions arrive, answers come only afterwards', () => ({
  kind: 'one_way',
}));
export const networkHalfOpen = network('half-open', 'nothing arrives, and nothing is closed', () => ({
  kind: 'half_open',
}));
export const networkSlow = network('slow', '200 ms more each way', () => ({ kind: 'slow', latencyMs: 200 }));
export const networkResetting = network(
  'resetting',
  '1 to 5 % of all that is sent resets its connection',
  (random) => ({ kind: 'resetting', probability: random.between(1, 5) / 100, random }),
);
