import { done, type Fault } from '../fault.ts';
import type { ProgramKind } from '../rig/program-seat.ts';
import { pickSeat } from './seats.ts';

/** kill -9 at any moment. */
export const kill = (kind: ProgramKind): Fault => ({
  name: `kill-${kind}`,
  about: `kill -9 of ${kind === 'api' ? 'an API' : 'a worker'} at any moment`,
  touches: [kind],
  isKill: true,
  inject: (rig, random) => {
    const seat = pickSeat(rig, random, kind);
    seat.kill();
    return Promise.resolve(done(seat.name));
  },
});
