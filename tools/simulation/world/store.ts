/** The store port of one process over the simulated database, with every way in which a database can let one down. */
import { withRetries, type RetryOptions } from '../../../src/sessions/retry.ts';
import type { Store } from '../../../src/sessions/store.ts';
import { carryOut, isLeft } from './carry-out.ts';
import type { Lifecycle } from './lifecycle.ts';
import { linksOf, type StoreSurroundings } from './links.ts';
import { createTouch } from './touch.ts';
import { never, ProcessDead, SimulatedFailure } from './failures.ts';

export function connectStore(lifecycle: Lifecycle, around: StoreSurroundings): Store {
  const { server, schedule, judge } = around;
  const links = linksOf(lifecycle, around);

  const retries: RetryOptions = {
    failureOf: (error) => (error instanceof SimulatedFailure ? error.failure : 'refused'),
    steadyMs: schedule.now,
    pause: schedule.pause,
    random: around.random.next,
  };

  const retried = <T>(attempt: () => Promise<T>): Promise<T> =>
    withRetries(async () => {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof ProcessDead || lifecycle.isDead()) return never();
        throw error;
      }
    }, retries);

  return {
    transact: (needs, fold, whenHeld = 'wait') =>
      retried(async () => {
        await links.there();
        server.database.makeAccounts(needs);
        const transaction = server.begin(lifecycle);
        try {
          return await carryOut(transaction, { needs, fold, whenHeld }, lifecycle, links, around);
        } finally {
          if (!isLeft.has(transaction)) transaction.end();
        }
      }),
    read: (needs) =>
      retried(async () => {
        await links.there();
        const loaded = server.database.load(needs, server.now());
        judge.read(needs, loaded);
        await links.home();
        return loaded;
      }),
    touch: createTouch(lifecycle, links, around),
    overdue: (page) =>
      retried(async () => {
        await links.there();
        const found = server.database.overdue(page, server.now(), (id) => server.isTaken(`session ${id}`));
        await links.home();
        return found;
      }),
  };
}
