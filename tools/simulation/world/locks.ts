/** Row locks as PostgreSQL has them: held until the transaction is over, given in the order of asking. */
import type { WhenHeld } from '../../../src/sessions/store.ts';
import type { Schedule } from './schedule.ts';
import { SimulatedFailure } from './failures.ts';

/** A transaction that may hold locks. */
export interface Holder {
  readonly holds: Set<string>;
}

export interface Locks {
  /** Resolves when the row is the holder's. @throws SimulatedFailure `busy` where that takes longer than the limit, or at all where the caller gives up at once. */
  readonly take: (holder: Holder, row: string, whenHeld: WhenHeld) => Promise<void>;
  readonly release: (holder: Holder) => void;
  readonly isTaken: (row: string) => boolean;
}

interface Waiter {
  readonly holder: Holder;
  readonly resolve: () => void;
  isGone: boolean;
}

/** `without`: rows whose names begin so are not locked at all; a database that forgot how to. */
export function createLocks(schedule: Schedule, limitMs: number, without: string | null): Locks {
  const owners = new Map<string, Holder>();
  const waiting = new Map<string, Waiter[]>();

  function give(row: string): void {
    const queue = waiting.get(row) ?? [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (next.isGone) continue;
      owners.set(row, next.holder);
      next.holder.holds.add(row);
      next.resolve();
      return;
    }
    owners.delete(row);
    waiting.delete(row);
  }

  return {
    isTaken: (row) => owners.has(row),
    take: (holder, row, whenHeld) => {
      if (without !== null && row.startsWith(without)) return Promise.resolve();
      const owner = owners.get(row);
      if (owner === holder) return Promise.resolve();
      if (owner === undefined) {
        owners.set(row, holder);
        holder.holds.add(row);
        return Promise.resolve();
      }
      if (whenHeld === 'give_up') return Promise.reject(new SimulatedFailure('busy', `${row} is taken`));
      return new Promise((resolve, reject) => {
        const waiter = { holder, resolve, isGone: false };
        waiting.set(row, [...(waiting.get(row) ?? []), waiter]);
        schedule.in(limitMs, () => {
          if (holder.holds.has(row)) return;
          waiter.isGone = true;
          reject(new SimulatedFailure('busy', `the lock of ${row} took too long`));
        });
      });
    },
    release: (holder) => {
      for (const row of holder.holds) give(row);
      holder.holds.clear();
    },
  };
}
