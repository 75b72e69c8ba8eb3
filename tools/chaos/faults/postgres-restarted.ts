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
