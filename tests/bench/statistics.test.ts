import { describe, expect, test } from 'vitest';
import { flatnessOf } from '../../tools/bench/experiments/memory.ts';
import {
  figure,
  latenessInWords,
  median,
  mediansByKey,
  percentile,
  quotients,
  spread,
  summarise,
} from '../../tools/bench/statistics.ts';

describe('what rounds come to', () => {
  test('the median is the middle one, or halfway between the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(median([])).toBeNaN();
  });

  test('the spread has the lowest and the highest round', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  });

  test('a ratio is taken round by round, so a slow round slows both sides', () => {
    expect(quotients([100, 50], [200, 100])).toEqual([0.5, 0.5]);
    expect(quotients([100, 50], [200])[1]).toBeNaN();
  });

  test('costs have a median for each part, also where a round knows nothing of it', () => {
    expect(mediansByKey([{ API: 3, Redis: 1 }, { API: 5 }, { API: 4 }])).toEqual({ API: 4, Redis: 1 });
  });

  test('a percentile is the value that this share does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_value, index) => index + 1);

    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  test.each([
    [12_345.6, '12,346'],
    [1_234_567, '1,234,567'],
    [99.96, '100'],
    [1.2345, '1.23'],
    [0.000_123_4, '0.000123'],
    [-1_500, '-1,500'],
  ])('the figure %d is written %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});

describe('the lateness of a window', () => {
  test('is given by its nearest ranks, whatever the order in which charges came', () => {
    const latenessMs = Array.from({ length: 1_000 }, (_charge, index) => ((index * 7) % 1_000) + 1);

    expect(summarise(latenessMs)).toEqual({ count: 1_000, p50Ms: 500, p99Ms: 990, maxMs: 1_000 });
    expect(latenessInWords(summarise([2, 4]))).toBe('p50 2.0, p99 4.0, at most 4.0 ms of 2');
  });

  test('of a single late charge among few is not hidden by a percentile', () => {
    expect(summarise([1, 2, 400])).toMatchObject({ p50Ms: 2, p99Ms: 400 });
  });

  test('in which nothing was due has no figures, not zeros', () => {
    expect(summarise([]).p99Ms).toBeNaN();
  });
});

describe('memory', () => {
  const samples = (mbAt: (second: number) => number) =>
    Array.from({ length: 600 }, (_sample, second) => [second, mbAt(second)] as const);

  test.each([
    ['is flat', 'it warms up first and then stays', (s: number) => (s < 300 ? 100 + s / 3 : 200), true],
    ['is flat', 'it goes up and down, but not on', (s: number) => 200 + (s % 20), true],
    ['is not flat', 'it grows by a tenth over the second half', (s: number) => 200 + s / 15, false],
    ['is not flat', 'it goes up and down and grows', (s: number) => 200 + (s % 20) + s / 5, false],
  ] as const)('%s where %s', (_verdict, _where, mbAt, isFlat) => {
    const { growthMb, noiseMb } = flatnessOf(samples(mbAt));

    expect(growthMb <= noiseMb).toBe(isFlat);
  });

  test('is judged by the growth over the second half, in megabytes, and not by three samples', () => {
    const { growthMb, medianMb } = flatnessOf(samples((second) => 100 + second));

    expect(growthMb).toBeCloseTo(299);
    expect(medianMb).toBe(549.5);
    expect(() => flatnessOf(samples(() => 1).slice(0, 3))).toThrow('fewer than four');
  });
});
