import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';
import type { ProgramKind } from '../rig/program-seat.ts';
import { pickSeat } from './seats.ts';

/** SIGSTOP for longer than a worker may keep an alarm, then SIGCONT: it goes on as if nothing had been. */
export const freeze = (kind: ProgramKind): Fault => ({
  name: `freeze-${kind}`,
  about: `SIGSTOP of ${kind === 'api' ? 'an API' : 'a worker'} for 12 to 15 s, longer than an alarm stays its own; then SIGCONT`,
  touches: [kind],
  isKill: false,
  inject: async (rig, random) => {
    const seat = pickSeat(rig, random, kind);
    const ms = random.integer(12_000, 15_000);
    seat.freeze();
    await pause(ms);
    seat.thaw();
    return done(`${seat.name} for ${ms / 1000} s`);
  },
});
