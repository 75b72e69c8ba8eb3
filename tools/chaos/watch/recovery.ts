import { rateBetween, type Sample } from './sampler.ts';

/** It has recovered once all is well for so long. */
const STEADY_MS = 1_500;
/** Of the throughput before. Chance alone makes a second differ by a tenth. */
const RATE_IS_BACK = 0.7;

export interface Recovery {
  readonly fromMs: number;
  /** Acknowledged requests a second; null: throughput is not looked at. */
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
