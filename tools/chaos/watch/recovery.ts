import { setTimeout as pause } from 'node:timers/promises';
import type { ManagedProcess } from '../rig/managed-process.ts';
import { rateBetween, type Sample } from './sampler.ts';

/** It has recovered once all is well for this long. */
const STEADY_MS = 1_500;
/** Of the throughput before. Chance alone makes a second differ by a tenth. */
const RATE_IS_BACK = 0.7;

export interface Recovery {
  readonly fromMs: number;
  /** Acknowledged requests a second; null: throughput is not measured. */
  readonly rateBefore: number | null;
}

export interface Recovered {
  readonly atMs: number;
  /** What came back last; null: nothing was ever missed. */
  readonly last: string | null;
}

/**
 * The first instant from which on, for a while, all processes are ready, no session is overdue and the throughput is
 * back; null: not yet.
 */
export function recoveredAt(samples: readonly Sample[], recovery: Recovery): Recovered | null {
  let steadySince: number | null = null;
  let last: string | null = null;
  for (const sample of samples) {
    if (sample.atMs < recovery.fromMs) continue;
    const obstacle = obstacleIn(sample, samples, recovery);
    if (obstacle === null) steadySince ??= sample.atMs;
    else [steadySince, last] = [null, obstacle];
    if (steadySince !== null && sample.atMs - steadySince >= STEADY_MS) return { atMs: steadySince, last };
  }
  return null;
}

/** What is not as it should be; null: all is well. */
function obstacleIn(
  sample: Sample,
  samples: readonly Sample[],
  { fromMs, rateBefore }: Recovery,
): string | null {
  if (sample.overdue === null) return 'the database';
  if (sample.notReady.length > 0) return sample.notReady.join(' and ');
  if (sample.overdue > 0) return 'overdue sessions';
  const windowMs = Math.max(sample.atMs - STEADY_MS, fromMs);
  const rate = rateBetween(samples, windowMs, sample.atMs);
  return rateBefore !== null && rate !== null && rate < rateBefore * RATE_IS_BACK ? 'the throughput' : null;
}

/** Waits for the product to recover. Everything ends early when the run is halted. */
export interface RecoveryWait {
  /** Null: not within a minute. */
  readonly untilRecovered: (recovery: Recovery) => Promise<Recovered | null>;
  /** Null: not within a minute. */
  readonly untilReady: () => Promise<Recovered | null>;
  readonly rest: (ms: number) => Promise<void>;
}

const LIMIT_MS = 60_000;
const POLL_MS = 50;

export function openRecoveryWait(
  processes: readonly Pick<ManagedProcess, 'isReady'>[],
  samples: readonly Sample[],
  halted: AbortSignal,
): RecoveryWait {
  const rest = (ms: number): Promise<void> => pause(ms, undefined, { signal: halted }).catch(() => {});

  async function until(find: () => Promise<Recovered | null>): Promise<Recovered | null> {
    const deadline = Date.now() + LIMIT_MS;
    while (!halted.aborted && Date.now() < deadline) {
      const found = await find();
      if (found !== null) return found;
      await rest(POLL_MS);
    }
    return null;
  }

  return {
    untilRecovered: (recovery) => until(() => Promise.resolve(recoveredAt(samples, recovery))),
    untilReady: () =>
      until(async () => {
        const ready = await Promise.all(processes.map((one) => one.isReady()));
        return ready.every(Boolean) ? { atMs: Date.now(), last: null } : null;
      }),
    rest,
  };
}
