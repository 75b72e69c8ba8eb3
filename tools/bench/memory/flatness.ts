import { median } from '../ratio.ts';

/** Whether memory still grows, from the second half of the samples: the first is for warming up. */
export interface Flatness {
  readonly medianMb: number;
  /** What a straight line through the second half gains over that half. */
  readonly growthMb: number;
  /** What may be chance: twice the standard deviation around that line, but never less than 2 % of the median. */
  readonly noiseMb: number;
}

/** Flat means: `growthMb` is not more than `noiseMb`. @throws where there are fewer than four samples. */
export function flatnessOf(samples: readonly (readonly [seconds: number, mb: number])[]): Flatness {
  if (samples.length < 4) throw new Error('fewer than four samples say nothing about growth');
  const half = samples.slice(samples.length >> 1);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(half.map(([x]) => x)), mean(half.map(([, y]) => y))];
  const slope =
    half.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) /
    half.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const deviation = Math.sqrt(mean(half.map(([x, y]) => (y - meanY - slope * (x - meanX)) ** 2)));
  const medianMb = median(half.map(([, y]) => y));
  const lasted = (half.at(-1)?.[0] ?? 0) - (half[0]?.[0] ?? 0);
  return { medianMb, growthMb: slope * lasted, noiseMb: Math.max(2 * deviation, 0.02 * medianMb) };
}
