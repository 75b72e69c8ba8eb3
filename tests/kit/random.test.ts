import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../tools/kit/random.ts';

const drawn = (seed: number, stream: string): readonly number[] => {
  const { between } = randomFrom(seed, stream);
  return Array.from({ length: 5 }, () => between(1, 1_000));
};

describe('numbers from a seed', () => {
  test('are the same for the same seed and purpose, and others for another of either', () => {
    expect(drawn(7, 'faults')).toEqual(drawn(7, 'faults'));
    expect(drawn(7, 'faults')).not.toEqual(drawn(7, 'patients'));
    expect(drawn(7, 'faults')).not.toEqual(drawn(8, 'faults'));
  });

  test('put a list into another order without losing or doubling anything', () => {
    const list = Array.from({ length: 50 }, (_item, index) => index);
    const shuffled = randomFrom(1, 'order').shuffled(list);

    expect(shuffled).not.toEqual(list);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(list);
  });

  test('refuse to pick from an empty list', () => {
    expect(() => randomFrom(1, 'pick').pick([])).toThrow('the list to pick from is empty');
  });
});
