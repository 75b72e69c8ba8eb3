import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';
import type { ProgramKind } from '../rig/program-seat.ts';
import { pickSeat } from './seats.ts';

const HOUR_MS = 3_600_000;
const READY_TIMEOUT_MS = 30_000;

export const clockWrong = (kind: ProgramKind): Fault => ({
  name: `clock-wrong-${kind}`,
  about: `${kind === 'api' ? 'an API' : 'a worker'} works for 8 to 12 s with a clock that is an hour fast or slow`,
  touches: [kind],
  isKill: false,
  inject: async (rig, random) => {
    const seat = pickSeat(rig, random, kind);
    const shiftMs = random.pick([HOUR_MS, -HOUR_MS]);
    const ms = random.integer(8_000, 12_000);
    await seat.replace(shiftMs);
    await seat.untilReady(READY_TIMEOUT_MS);
    await pause(ms);
    await seat.replace(0);
    await seat.untilReady(READY_TIMEOUT_MS);
    return done(`${seat.name} an hour ${shiftMs > 0 ? 'fast' : 'slow'}`);
  },
});
