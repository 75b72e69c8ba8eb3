import { setTimeout as pause } from 'node:timers/promises';
import { AccountBusy, StoreUnavailable } from '../sessions/store.ts';
import { failureOf } from './database-error.ts';

/** How often, and how far apart, something is tried again before the caller is told. */
const LIMITS = { conflicts: 8, losses: 4, firstPauseMs: 25, givesUpAfterMs: 5_000 } as const;

/** Thrown where what was found turned out to be out of date: the same again finds the new state. */
export class OutOfDate extends Error {
  override readonly name = 'OutOfDate';
}

/**
 * Tries again what may well succeed the next time: after a conflict at once, after a lost connection with a growing
 * pause. Only for what is safe to do twice: after a COMMIT with unknown outcome it is done twice.
 * No try begins more than 5 s after the first, so that whoever waits is told within some 12 s, whatever hangs.
 * @throws AccountBusy where a lock was not to be had; StoreUnavailable where the database stays away; what the database refused, as it is.
 */
export async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const failure = error instanceof OutOfDate ? 'retry' : failureOf(error);
      // It has waited as long as anybody shall.
      if (failure === 'busy') throw new AccountBusy('somebody else holds this account', { cause: error });
      if (failure === 'refused' || tries >= LIMITS.conflicts) throw error;
      const isTooLate = performance.now() - startedAt > LIMITS.givesUpAfterMs;
      if (failure === 'lost' && (tries >= LIMITS.losses || isTooLate))
        throw new StoreUnavailable('the database cannot be reached, or is too slow', { cause: error });
      if (failure === 'lost') await pause(LIMITS.firstPauseMs * 2 ** tries * (0.5 + Math.random() / 2));
    }
  }
}
