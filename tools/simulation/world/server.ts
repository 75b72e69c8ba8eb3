/** The simulated PostgreSQL: tables, row locks, transactions that time passes in, restarts. Its clock is the only one. */
import { after, type Instant, later } from '../../../src/billing/time.ts';
import type { WhenHeld } from '../../../src/sessions/store.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../../kit/memory-database/database.ts';
import type { Weakness } from '../../kit/memory-database/weakness.ts';
import type { Life } from './life.ts';
import { createLocks, type Holder, type Locks } from './locks.ts';
import type { Schedule } from './schedule.ts';
import { Trouble } from './trouble.ts';

/** As the real connections are set up, on the small scale of a simulation. */
const LIMITS = { lockMs: 1_000, idleInTransactionMs: 2_000 };

export interface Server {
  readonly database: MemoryDatabase;
  readonly now: () => Instant;
  readonly isTaken: Locks['isTaken'];
  /** @throws Trouble `lost` while it is away. */
  readonly assertThere: () => void;
  readonly begin: (life: Life) => Transaction;
  /** Breaks every transaction, and answers nobody for so long. */
  readonly restart: (forMs: number) => void;
}

export interface Transaction extends Holder {
  readonly lock: (row: string, whenHeld?: WhenHeld) => Promise<void>;
  /** @throws Trouble `lost` where the server gave it up. */
  readonly assertOpen: () => void;
  /** The client thinks. If that takes too long, the server gives the transaction up. */
  readonly think: () => void;
  /** From now on it is the server's: it outlives the death of its client. */
  readonly hand: () => void;
  /** Lets go of every lock. Safe to repeat. */
  readonly end: () => void;
}

function unlockedRows(weakness: Weakness | null): string | null {
  switch (weakness) {
    case 'no_account_lock':
    case 'no_account_lock_nor_unique_keys':
      return 'account';
    case 'no_session_lock':
      return 'session';
    default:
      return null;
  }
}

export function createServer(schedule: Schedule, weakness: Weakness | null): Server {
  const without = unlockedRows(weakness);
  const locks = createLocks(schedule, LIMITS.lockMs, without);
  const open = new Set<Transaction>();
  let backAt = schedule.now();
  const isAway = (): boolean => schedule.now() < backAt;

  function begin(life: Life): Transaction {
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
    const forget = life.onDeath(() => {
      if (!isHanded) end();
    });
    const assertOpen = (): void => {
      if (!isOpen) throw new Trouble('lost', 'the connection was terminated');
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
    database: createMemoryDatabase(weakness),
    now: schedule.now,
    isTaken: locks.isTaken,
    assertThere: () => {
      if (isAway()) throw new Trouble('lost', 'the database is away');
    },
    begin,
    restart: (forMs) => {
      backAt = later(backAt, after(schedule.now(), forMs));
      for (const transaction of open) transaction.end();
    },
  };
}
