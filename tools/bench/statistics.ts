export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** What the rounds came to: the middle, and how far they were apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
});

/** Round by round, so that a machine that slows down for a while slows both sides of the ratio. */
export const quotients = (ours: readonly number[], floor: readonly number[]): number[] =>
  ours.map((value, round) => value / (floor[round] ?? Number.NaN));

/** The median of each key over the rounds that have it. */
export function mediansByKey(
  rounds: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const keys = new Set(rounds.flatMap((round) => Object.keys(round)));
  return Object.fromEntries(
    [...keys].map((key) => [
      key,
      median(rounds.map((round) => round[key]).filter((value) => value !== undefined)),
    ]),
  );
}

/** The value that this share of the sorted values does not exceed (nearest rank). NaN where there are none. */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** How late things were, in ms. */
export interface Lateness {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** NaN throughout where nothing was due. */
export function summarise(latenessMs: readonly number[]): Lateness {
  const sorted = latenessMs.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    maxMs: percentile(sorted, 1),
  };
}

/** `p50 3.1, p99 12.0, at most 31.0 ms of 1000` */
export const latenessInWords = ({ count, p50Ms, p99Ms, maxMs }: Lateness): string =>
  `p50 ${p50Ms.toFixed(1)}, p99 ${p99Ms.toFixed(1)}, at most ${maxMs.toFixed(1)} ms of ${count}`;

/** `API 80 µs, PostgreSQL 40 µs`. */
export const costsInWords = (cpuUs: Readonly<Record<string, number>>): string =>
  Object.entries(cpuUs)
    .map(([part, us]) => `${part} ${Math.round(us)} µs`)
    .join(', ');

/** A number to be read: whole with commas from a hundred on, three digits below. */
export function figure(value: number): string {
  if (Math.abs(value) >= 100) return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return String(Number(value.toPrecision(3)));
}
