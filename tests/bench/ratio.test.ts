import { describe, expect, test } from 'vitest';
import { percentile } from '../../tools/bench/percentile.ts';
import { median, mediansByKey, quotients, spread } from '../../tools/bench/ratio.ts';

describe('what rounds come to', () => {
  test('the median is the middle one, or halfway between the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
  });

  test('the median of no round is no number', () => {
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

  test('a percentile is the value that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_value, index) => index + 1);

    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 0.999)).toBe(100);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});
