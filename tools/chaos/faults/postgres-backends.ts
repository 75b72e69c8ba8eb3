import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';
import { PRODUCT_BACKENDS, withHog } from './hog.ts';

export const postgresBackendsTerminated: Fault = {
  name: 'postgres-backends-terminated',
  about: 'one connection of the product is terminated by PostgreSQL every 50 to 100 ms, for 4 to 6 s',
  touches: ['postgres'],
  isKill: false,
  inject: async (rig, random) => {
    const overAt = performance.now() + random.integer(4_000, 6_000);
    let terminated = 0;
    await withHog(rig, async (hog) => {
      while (performance.now() < overAt) {
        const { rowCount } = await hog.query(
          `SELECT pg_terminate_backend(pid) FROM (${PRODUCT_BACKENDS} ORDER BY random() LIMIT 1) AS one`,
        );
        terminated += rowCount ?? 0;
        await pause(random.integer(50, 100));
      }
    });
    return done(`${terminated} connections`);
  },
};

/** They answer nothing and time out nothing: only the program's own limit (6 s) ends its wait. */
export const postgresBackendsFrozen: Fault = {
  name: 'postgres-backends-frozen',
  about: 'every back end of the product stands still for 7 to 9 s, with the locks that it holds',
  touches: ['postgres'],
  isKill: false,
  inject: async (rig, random) => {
    const ms = random.integer(7_000, 9_000);
    const { rows } = await withHog(rig, (hog) => hog.query<{ pid: number }>(PRODUCT_BACKENDS));
    for (const { pid } of rows) {
      rig.guard.watch(pid);
      signalIfThere(pid, 'SIGSTOP');
    }
    await pause(ms);
    for (const { pid } of rows) {
      signalIfThere(pid, 'SIGCONT');
      rig.guard.forget(pid);
    }
    return done(`${rows.length} for ${ms / 1000} s`);
  },
};

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
