import { AccountBusy, StoreUnavailable } from './store.ts';

/** How often, and how far apart, an attempt is repeated before the caller gets the error. */
const LIMITS = { conflicts: 8, losses: 4, firstPauseMs: 25, givesUpAfterMs: 5_000 } as const;

/**
 * How to treat a failed database call.
 * - `retry`: nothing was decided, and a repeat may well succeed: a deadlock, a serialization failure.
 * - `lost`: there is no connection, or the server cannot work: no disk space, no memory, read-only. A COMMIT may or may
 *   not have happened. A repeat is safe, for every command is idempotent.
 * - `busy`: another transaction held a lock for longer than we wait. Nothing was decided.
 * - `refused`: the database said no, and would again.
 */
export type DatabaseFailure = 'retry' | 'lost' | 'busy' | 'refused';

export interface RetryOptions {
  readonly failureOf: (error: unknown) => DatabaseFailure;
  /** A clock that never goes back, in ms. Only differences count. */
  readonly steadyMs: () => number;
  readonly pause: (durationMs: number) => Promise<void>;
  /** In [0, 1): spreads the repeats of callers that lost their connections together. */
  readonly random: () => number;
}

/**
 * Repeats an attempt that may succeed the next time: at once after a conflict, after a growing pause when the connection
 * was lost. Only for what is safe to do twice: after a COMMIT with an unknown outcome it is done twice. No attempt begins
 * more than 5 s after the first, so a caller has an answer within about 12 s, even if the database hangs.
 * @throws AccountBusy where a lock could not be had; StoreUnavailable where the database stays away; what the database
 * refused, unchanged.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { failureOf, steadyMs, pause, random } = options;
  const startedAtMs = steadyMs();
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const failure = failureOf(error);
      // It has waited for the lock already.
      if (failure === 'busy')
        throw new AccountBusy('another transaction holds this account', { cause: error });
      if (failure === 'refused' || tries >= LIMITS.conflicts) throw error;
      const isTooLate = steadyMs() - startedAtMs > LIMITS.givesUpAfterMs;
      if (failure === 'lost' && (tries >= LIMITS.losses || isTooLate))
        throw new StoreUnavailable('the database cannot be reached, or is too slow', { cause: error });
      if (failure === 'lost') await pause(LIMITS.firstPauseMs * 2 ** tries * (0.5 + random() / 2));
    }
  }
}
