import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';

export const postgresRestarted: Fault = {
  name: 'postgres-restarted',
  about: 'PostgreSQL is stopped at once (immediate) or killed, recovers and comes back',
  touches: ['postgres'],
  isKill: false,
  inject: async (rig, random) => {
    const how = random.pick(['immediate', 'killed'] as const);
    await rig.postgres.restart(how);
    return done(how);
  },
};

export const STANDBY_PROMOTED = 'standby-promoted';

/** Needs a pair, which the run has where this fault is among the chosen. */
export const standbyPromoted: Fault = {
  name: STANDBY_PROMOTED,
  about: 'the primary is killed and its synchronous standby promoted; 3 s later a new standby is built',
  touches: ['postgres'],
  isKill: false,
  inject: async (rig) => {
    const startedMs = performance.now();
    await rig.postgres.promote();
    const seconds = (performance.now() - startedMs) / 1000;
    await pause(3_000);
    await rig.postgres.pairUp();
    return done(`writable after ${seconds.toFixed(1)} s`);
  },
};
