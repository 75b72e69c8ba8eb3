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
export const quotients = (ours: readonly number[], floor: readonly number[]): readonly number[] =>
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
