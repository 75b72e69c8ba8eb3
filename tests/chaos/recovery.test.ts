import { describe, expect, test } from 'vitest';
import { recoveredAt } from '../../tools/chaos/watch/recovery.ts';
import type { Sample } from '../../tools/chaos/watch/sampler.ts';

/** Four looks a second; a hundred requests are acknowledged each second, unless something else is said. */
const looks = (count: number, change: (index: number) => Partial<Sample> = () => ({})): readonly Sample[] =>
  Array.from({ length: count }, (_, index) => ({
    atMs: index * 250,
    acknowledged: index * 25,
    notReady: [],
    overdue: 0,
    active: 10,
    ...change(index),
  }));
const recovery = { fromMs: 1_000, rateBefore: 100 };

describe('recovery from a fault', () => {
  test('is at once where nothing was ever missed', () => {
    expect(recoveredAt(looks(40), recovery)).toEqual({ atMs: 1_000, last: null });
  });

  test('is not known before all has been well for a while', () => {
    expect(recoveredAt(looks(9), recovery)).toBeNull();
  });

  test('is over when the last process is ready, and says which', () => {
    const samples = looks(40, (index) => (index < 12 ? { notReady: ['worker-1'] } : {}));
    expect(recoveredAt(samples, recovery)).toEqual({ atMs: 3_000, last: 'worker-1' });
  });

  test('is over when no session has been overdue for longer than a moment', () => {
    const samples = looks(40, (index) => (index < 8 || index === 10 ? { overdue: 3 } : {}));
    expect(recoveredAt(samples, recovery)).toEqual({ atMs: 2_750, last: 'overdue sessions' });
  });

  test('is not over while the database does not say how many are overdue', () => {
    expect(
      recoveredAt(
        looks(40, () => ({ overdue: null })),
        recovery,
      ),
    ).toBeNull();
  });

  test('waits for the throughput, where that is looked at', () => {
    const samples = looks(40, (index) => ({ acknowledged: index < 16 ? 0 : (index - 16) * 25 }));
    expect(recoveredAt(samples, recovery)?.last).toBe('the throughput');
    expect(recoveredAt(samples, { ...recovery, rateBefore: null })).toEqual({ atMs: 1_000, last: null });
  });
});
