/** The simulated PostgreSQL: tables, row locks, transactions that time passes in, restarts. Its clock is the only one. */
import { after, type Instant, later } from '../../../src/billing/time.ts';
import type { WhenHeld } from '../../../src/sessions/store.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../../kit/memory-database/database.ts';
import type { DatabaseBug } from '../../kit/memory-database/bug.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createLocks, type Holder, type Locks } from './locks.ts';
import type { Schedule } from './schedule.ts';
import { SimulatedFailure } from './failures.ts';

/** As the real connections are set up, on the small scale of a simulation. */
const LIMITS = { lockMs: 1_000, idleInTransactionMs: 2_000 };

export interface Server {
  readonly database: MemoryDatabase;
  readonly now: () => Instant;
  readonly isTaken: Locks['isTaken'];
  /** @throws SimulatedFailure `lost` while it is away. */
  readonly assertThere: () => void;
  readonly begin: (lifecycle: Lifecycle) => Transaction;
  /** Breaks every transaction, and answers nothing for this long. */
  readonly restart: (forMs: number) => void;
}

export interface Transaction extends Holder {
  readonly lock: (row: string, whenHeld?: WhenHeld) => Promise<void>;
  /** @throws SimulatedFailure `lost` where the server gave it up. */
  readonly assertOpen: () => void;
  /** The client thinks. If that takes too long, the server gives the transaction up. */
  readonly think: () => void;
  /** From now on it is the server's: it outlives the death of its client. */
  readonly hand: () => void;
  /** Lets go of every lock. Safe to repeat. */
  readonly end: () => void;
}

function unlockedRows(bug: DatabaseBug | null): string | null {
  switch (bug) {
    case 'no_account_lock':
    case 'no_account_lock_nor_unique_keys':
      return 'account';
    case 'no_session_lock':
      return 'session';
    default:
      return null;
  }
}

export function createServer(schedule: Schedule, bug: DatabaseBug | null): Server {
  const without = unlockedRows(bug);
  const locks = createLocks(schedule, LIMITS.lockMs, without);
  const open = new Set<Transaction>();
  let backAt = schedule.now();
  const isAway = (): boolean => schedule.now() < backAt;

  function begin(lifecycle: Lifecycle): Transaction {
    const holds = new Set<string>();
    let isOpen = true;
    let isHanded = false;
    let thoughts = 0;
    const end = (): void => {
      isOpen = false;
      open.delete(transaction);
      forget();
      locks.release(transaction);
    };
    const forget = lifecycle.onDeath(() => {
      if (!isHanded) end();
    });
    const assertOpen = (): void => {
      if (!isOpen) throw new SimulatedFailure('lost', 'the connection was terminated');
    };
    const transaction: Transaction = {
      holds,
      end,
      assertOpen,
      lock: async (row, whenHeld = 'wait') => {
        await locks.take(transaction, row, whenHeld);
        if (!isOpen) locks.release(transaction);
        assertOpen();
      },
      think: () => {
        thoughts += 1;
        const thought = thoughts;
        schedule.in(LIMITS.idleInTransactionMs, () => {
          if (thought === thoughts && !isHanded) end();
        });
      },
      hand: () => {
        isHanded = true;
      },
    };
    open.add(transaction);
    return transaction;
  }

  return {
    database: createMemoryDatabase(bug),
    now: schedule.now,
    isTaken: locks.isTaken,
    assertThere: () => {
      if (isAway()) throw new SimulatedFailure('lost', 'the database is away');
    },
    begin,
    restart: (forMs) => {
      backAt = later(backAt, after(schedule.now(), forMs));
      for (const transaction of open) transaction.end();
    },
  };
}
