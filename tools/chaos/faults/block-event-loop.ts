import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';
import type { ProgramKind } from '../rig/program-seat.ts';
import { pickSeat } from './seats.ts';

/** The process lives, and its kernel answers for it, but nothing in it moves. */
export const blockEventLoop = (kind: ProgramKind): Fault => ({
  name: `block-${kind}`,
  about: `the event loop of ${kind === 'api' ? 'an API' : 'a worker'} blocked for 1 to 12 s`,
  touches: [kind],
  isKill: false,
  inject: async (rig, random) => {
    const seat = pickSeat(rig, random, kind);
    const ms = random.integer(1_000, 12_000);
    seat.blockEventLoop(ms);
    await pause(ms);
    return done(`${seat.name} for ${ms / 1000} s`);
  },
});
