import { expect, test } from 'vitest';
import { duration } from '../../src/explanations/duration.ts';

test.each([
  [0, '0 s'],
  [999, '0 s'],
  [30_000, '30 s'],
  [59_999, '59 s'],
  [600_000, '10 min'],
  [250_000, '4 min 10 s'],
  [3_302_999, '55 min 2 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h 5 s'],
  [93_784_000, '1 d 2 h 3 min 4 s'],
])('%i ms are %s.', (ms, words) => {
  expect(duration(ms)).toBe(words);
});
