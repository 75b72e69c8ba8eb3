import { describe, expect, test } from 'vitest';
import { flatnessOf } from '../../tools/bench/memory/flatness.ts';

const samples = (mbAt: (second: number) => number) =>
  Array.from({ length: 600 }, (_sample, second) => [second, mbAt(second)] as const);

const isFlat = (mbAt: (second: number) => number): boolean => {
  const { growthMb, noiseMb } = flatnessOf(samples(mbAt));
  return growthMb <= noiseMb;
};

describe('memory', () => {
  test('is flat where it warms up first and then stays', () => {
    expect(isFlat((second) => (second < 300 ? 100 + second / 3 : 200))).toBe(true);
  });

  test('is flat where it goes up and down, but not on', () => {
    expect(isFlat((second) => 200 + (second % 20))).toBe(true);
  });

  test('is not flat where it grows by a tenth over the second half', () => {
    expect(isFlat((second) => 200 + second / 15)).toBe(false);
  });

  test('is not flat where it goes up and down and grows all the same', () => {
    expect(isFlat((second) => 200 + (second % 20) + second / 5)).toBe(false);
  });

  test('is judged by the growth over the second half, in megabytes', () => {
    const { growthMb, medianMb } = flatnessOf(samples((second) => 100 + second));

    expect(growthMb).toBeCloseTo(299);
    expect(medianMb).toBe(549.5);
  });

  test('is not judged by three samples', () => {
    expect(() => flatnessOf(samples(() => 1).slice(0, 3))).toThrow('fewer than four');
  });
});
