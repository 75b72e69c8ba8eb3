import type { Outcomes } from './commands.ts';
import { EXECUTOR_LIMITS, type Executor } from './executor.ts';
import { gather, type GatherLimits } from './batcher.ts';
import type { Observer } from './observer.ts';
import { type Activity, type Store, StoreUnavailable } from './store.ts';

/**
 * The short way for activities. Most change nothing but the time of the last one: for those, one statement a
 * batch does it all. Every other (a role's first, anything due, anything to refuse, a session that somebody else is
 * changing) goes the executor's way, and so the rules are asked whenever there is something to decide.
 */
export interface ActivityLane {
  /** R7. @throws StoreUnavailable as the executor does. */
  readonly recordActivity: (activity: Activity) => Promise<Outcomes['recordActivity']>;
  readonly drained: () => Promise<void>;
}

export interface ActivityLaneOptions {
  readonly touch: Store['touch'];
  readonly execute: Executor['execute'];
  readonly observer: Pick<Observer, 'touched' | 'touchFailed'>;
  readonly limits?: GatherLimits;
}

/** The statement waits for nobody's lock, so nothing is lost by waiting for it; half as many in a batch cost half as much again. */
const LIMITS: GatherLimits = { ...EXECUTOR_LIMITS, startsAt: [1, 24] };

interface Pending {
  readonly activity: Activity;
  readonly resolve: (outcome: Outcomes['recordActivity'] | Promise<Outcomes['recordActivity']>) => void;
}

export function createActivityLane({ touch, execute, observer, limits }: ActivityLaneOptions): ActivityLane {
  const lane = gather<Pending>({ ...(limits ?? LIMITS), carryOut });

  async function carryOut(batch: readonly Pending[]): Promise<void> {
    const startedAt = performance.now();
    let touched: Awaited<ReturnType<typeof touch>> = [];
    try {
      touched = await touch(batch.map(({ activity }) => activity));
      observer.touched({ size: batch.length, durationMs: performance.now() - startedAt });
    } catch (error) {
      observer.touchFailed(error);
    }
    for (const [index, { activity, resolve }] of batch.entries()) {
      const session = touched[index] ?? null;
      resolve(session === null ? execute('recordActivity', activity) : { kind: 'recorded', ...session });
    }
  }

  return {
    recordActivity: (activity) =>
      new Promise((resolve, reject) => {
        const isTaken = lane.add({ activity, resolve });
        if (!isTaken) reject(new StoreUnavailable('too many activities are waiting for the database'));
      }),
    drained: lane.drained,
  };
}
