import { AccountBusy, StoreUnavailable } from './store.ts';

/** How often, and how far apart, something is tried again before the caller is told. */
const LIMITS = { conflicts: 8, losses: 4, firstPauseMs: 25, givesUpAfterMs: 5_000 } as const;

/**
 * What it means for whoever asked the database that it did not do it.
 * - `retry`: nothing was decided, and the same again may well succeed: a deadlock, a serialization failure.
 * - `lost`: the connection is gone or there is none, or the server cannot work: no room, no memory, read-only.
 *   Whether a COMMIT counted is unknown. The same again is safe, for every command is idempotent.
 * - `busy`: somebody else held a lock for longer than we wait for one. Nothing was decided.
 * - `refused`: the database said no, and would again.
 */
export type Failure = 'retry' | 'lost' | 'busy' | 'refused';

export interface Persistence {
  readonly failureOf: (error: unknown) => Failure;
  /** A clock that never goes back. Only differences count. */
  readonly nowMs: () => number;
  readonly pause: (delayMs: number) => Promise<void>;
  /** From 0 to 1, 1 excluded: so that not all who lost their connection at once come back at once. */
  readonly random: () => number;
}

/**
 * How a store tries again what may well succeed the next time: after a conflict at once, after a lost connection with
 * a growing pause. Only for what is safe to do twice: after a COMMIT with unknown outcome it is done twice.
 * No try begins more than 5 s after the first, so that whoever waits is told within some 12 s, whatever hangs.
 * @throws AccountBusy where a lock was not to be had; StoreUnavailable where the database stays away; what the database refused, as it is.
 */
export async function persist<T>(attempt: () => Promise<T>, by: Persistence): Promise<T> {
  const startedAtMs = by.nowMs();
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const failure = by.failureOf(error);
      // It has waited as long as anybody shall.
      if (failure === 'busy') throw new AccountBusy('somebody else holds this account', { cause: error });
      if (failure === 'refused' || tries >= LIMITS.conflicts) throw error;
      const isTooLate = by.nowMs() - startedAtMs > LIMITS.givesUpAfterMs;
      if (failure === 'lost' && (tries >= LIMITS.losses || isTooLate))
        throw new StoreUnavailable('the database cannot be reached, or is too slow', { cause: error });
      if (failure === 'lost') await by.pause(LIMITS.firstPauseMs * 2 ** tries * (0.5 + by.random() / 2));
    }
  }
}
