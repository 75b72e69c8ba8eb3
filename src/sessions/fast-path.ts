import { type BatcherLimits, createBatcher } from './batcher.ts';
import type { AppointmentId } from '../billing/ids.ts';
import type { Outcomes } from './commands.ts';
import { EXECUTOR_LIMITS, type Executor, type Observer } from './executor.ts';
import { type Activity, type Store, StoreUnavailable } from './store.ts';
import type { WakeFollowers } from './wakes.ts';

/**
 * The fast path for activities. Most change nothing but the time of the last one, and one statement does that for a whole
 * batch. All others go through the executor, so the rules decide whenever there is something to decide: a role's first
 * activity, a deadline that is due, a refusal, a session that another transaction is changing.
 */
export interface FastPath {
  /** R7. @throws StoreUnavailable as the executor does. */
  readonly recordActivity: (activity: Activity) => Promise<Outcomes['recordActivity']>;
  /** Resolves when nothing is under way. */
  readonly idle: () => Promise<void>;
}

export interface FastPathOptions {
  readonly touch: Store['touch'];
  readonly execute: Executor['execute'];
  readonly observer: Pick<Observer, 'touched' | 'touchFailed'>;
  /** Wakes the followers of a session whose end was moved. */
  readonly wake?: WakeFollowers;
  readonly limits?: BatcherLimits;
}

/**
 * SKIP LOCKED never blocks, so one batch at a time is fine. A second starts only from 24 waiting, because small batches
 * cost 50 % more per activity.
 */
const LIMITS: BatcherLimits = { ...EXECUTOR_LIMITS, startsAt: [1, 24] };

interface Pending {
  readonly activity: Activity;
  readonly resolve: (outcome: Outcomes['recordActivity'] | Promise<Outcomes['recordActivity']>) => void;
}

export function createFastPath({ touch, execute, observer, wake, limits }: FastPathOptions): FastPath {
  const activities = createBatcher<Pending>({ ...(limits ?? LIMITS), carryOut });

  async function carryOut(batch: readonly Pending[]): Promise<void> {
    const startedAtMs = performance.now();
    let touched: Awaited<ReturnType<typeof touch>> = [];
    try {
      touched = await touch(batch.map(({ activity }) => activity));
      observer.touched({ size: batch.length, durationMs: performance.now() - startedAtMs });
    } catch (error) {
      observer.touchFailed(error);
    }
    const moved: AppointmentId[] = [];
    for (const [index, { activity, resolve }] of batch.entries()) {
      const session = touched[index] ?? null;
      if (session === null) {
        resolve(execute('recordActivity', activity));
        continue;
      }
      const { sessionId, lastActivityAt, movesEnd } = session;
      if (movesEnd) moved.push(activity.appointmentId);
      resolve({ kind: 'recorded', sessionId, lastActivityAt });
    }
    if (moved.length > 0) wake?.({ log: [], account: [], activity: moved });
  }

  return {
    recordActivity: (activity) =>
      new Promise((resolve, reject) => {
        const isTaken = activities.add({ activity, resolve });
        if (!isTaken) reject(new StoreUnavailable('too many activities are waiting for the database'));
      }),
    idle: activities.idle,
  };
}
