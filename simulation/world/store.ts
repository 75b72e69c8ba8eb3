/** The store port of one process over the simulated database, with every way in which a database can let one down. */
import { AccountBusy, type Store, StoreUnavailable } from '../../src/sessions/store.ts';
import { carryOut, isLeft } from './carry-out.ts';
import type { Life } from './life.ts';
import { roadsOf, type StoreSurroundings } from './roads.ts';
import { createTouch } from './touch.ts';
import { never, NobodyListens, Trouble } from './trouble.ts';

/** How often something is tried again: as src/storage/persistence.ts does. */
const PERSISTENCE = { conflicts: 8, losses: 4, firstPauseMs: 25, givesUpAfterMs: 5_000 };

export function connectStore(life: Life, around: StoreSurroundings): Store {
  const { server, schedule, judge } = around;
  const roads = roadsOf(life, around);

  async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
    const begunAt = schedule.now();
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof NobodyListens || life.isDead()) return never();
        if (error instanceof Trouble && error.failure === 'busy')
          throw new AccountBusy('somebody else holds this account', { cause: error });
        if (!(error instanceof Trouble) || error.failure === 'refused' || tries >= PERSISTENCE.conflicts)
          throw error;
        const isTooLate = schedule.now() - begunAt > PERSISTENCE.givesUpAfterMs;
        if (error.failure === 'lost' && (tries >= PERSISTENCE.losses || isTooLate))
          throw new StoreUnavailable('the database cannot be reached, or is too slow', { cause: error });
        if (error.failure === 'lost')
          await schedule.pause(PERSISTENCE.firstPauseMs * 2 ** tries * (0.5 + around.random.next() / 2));
      }
    }
  }

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
