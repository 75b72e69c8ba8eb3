/** The store port of one process over the simulated database, with every way in which a database can let one down. */
import { withRetries, type RetryOptions } from '../../../src/sessions/retry.ts';
import type { Store } from '../../../src/sessions/store.ts';
import { carryOut, isLeft } from './carry-out.ts';
import type { Life } from './life.ts';
import { roadsOf, type StoreSurroundings } from './roads.ts';
import { createTouch } from './touch.ts';
import { never, NobodyListens, Trouble } from './trouble.ts';

export function connectStore(life: Life, around: StoreSurroundings): Store {
  const { server, schedule, judge } = around;
  const roads = roadsOf(life, around);

  const persistence: RetryOptions = {
    failureOf: (error) => (error instanceof Trouble ? error.failure : 'refused'),
    steadyMs: schedule.now,
    pause: schedule.pause,
    random: around.random.next,
  };

  const persistently = <T>(attempt: () => Promise<T>): Promise<T> =>
    withRetries(async () => {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof NobodyListens || life.isDead()) return never();
        throw error;
      }
    }, persistence);

  return {
    transact: (needs, fold, whenHeld = 'wait') =>
      persistently(async () => {
        await roads.there();
        server.database.makeAccounts(needs);
        const transaction = server.begin(life);
        try {
          return await carryOut(transaction, { needs, fold, whenHeld }, life, roads, around);
        } finally {
          if (!isLeft.has(transaction)) transaction.end();
        }
      }),
    read: (needs) =>
      persistently(async () => {
        await roads.there();
        const loaded = server.database.load(needs, server.now());
        judge.read(needs, loaded);
        await roads.home();
        return loaded;
      }),
    touch: createTouch(life, roads, around),
    overdue: (page) =>
      persistently(async () => {
        await roads.there();
        const found = server.database.overdue(page, server.now(), (id) => server.isTaken(`session ${id}`));
        await roads.home();
        return found;
      }),
  };
}
