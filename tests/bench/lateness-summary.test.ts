import { describe, expect, test } from 'vitest';
import { inWords, summarise } from '../../tools/bench/lateness/summary.ts';

describe('the lateness of a window', () => {
  test('is told by its nearest ranks, whatever the order in which charges came', () => {
    const latenessMs = Array.from({ length: 1_000 }, (_charge, index) => ((index * 7) % 1_000) + 1);

    expect(summarise(latenessMs)).toEqual({
      count: 1_000,
      p50Ms: 500,
      p99Ms: 990,
      p999Ms: 999,
      maxMs: 1_000,
    });
  });

  test('of a single late charge among few is not hidden by a percentile', () => {
    expect(summarise([1, 2, 400])).toEqual({ count: 3, p50Ms: 2, p99Ms: 400, p999Ms: 400, maxMs: 400 });
  });

  test('in which nothing was due has no figures, not zeros', () => {
    expect(summarise([]).p99Ms).toBeNaN();
  });

  test('reads as a line', () => {
    expect(inWords(summarise([2, 4]))).toBe('p50 2.0, p99 4.0, p99.9 4.0, at most 4.0 ms of 2');
  });
});
