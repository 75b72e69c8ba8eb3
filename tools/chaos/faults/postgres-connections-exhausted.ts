import type { Client } from 'pg';
import { done, type Fault } from '../fault.ts';
import type { Rig } from '../rig/rig.ts';
import { openHog, PRODUCT_BACKENDS } from './hog.ts';

export const postgresConnectionsExhausted: Fault = {
  name: 'postgres-connections-exhausted',
  about: 'somebody else takes every connection that PostgreSQL has, the product’s too, for 5 to 8 s',
  touches: ['postgres'],
  isKill: false,
  inject: async (rig, random) => {
    const overAt = performance.now() + random.integer(5_000, 8_000);
    const hogs: Client[] = [await openHog(rig)];
    try {
      while (performance.now() < overAt) await takeWhatIsFree(rig, hogs);
    } finally {
      await Promise.all(hogs.map((hog) => hog.end()));
    }
    return done(`${hogs.length} connections taken`);
  },
};

const AT_ONCE = 10;

/** Where none is free, all of the product's are ended, and whoever is faster has them. */
async function takeWhatIsFree(rig: Rig, hogs: Client[]): Promise<void> {
  const before = hogs.length;
  const opened = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => openHog(rig)));
  for (const one of opened) if (one.status === 'fulfilled') hogs.push(one.value);
  if (hogs.length > before) return;
  await hogs[0]?.query(`SELECT pg_terminate_backend(pid) FROM (${PRODUCT_BACKENDS}) AS theirs`);
}
