import { percentile } from '../percentile.ts';

/** How late things were, in ms. */
export interface Lateness {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** NaN throughout where nothing was due. */
export function summarise(latenessMs: readonly number[]): Lateness {
  const sorted = latenessMs.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    p999Ms: percentile(sorted, 0.999),
    maxMs: percentile(sorted, 1),
  };
}

/** `p50 3.1, p99 12.0, p99.9 20.4, at most 31.0 ms of 1000` */
export const inWords = ({ count, p50Ms, p99Ms, p999Ms, maxMs }: Lateness): string =>
  `p50 ${p50Ms.toFixed(1)}, p99 ${p99Ms.toFixed(1)}, p99.9 ${p999Ms.toFixed(1)}, at most ${maxMs.toFixed(1)} ms of ${count}`;
