/** A run of one seed is a function of the seed: nothing of the machine, of the hour or of another run gets in. */
import { describe, expect, test } from 'vitest';
import { makePlan } from '../../tools/simulation/plan/make-plan.ts';
import { skewClocks } from '../../tools/simulation/world/skewed-clocks.ts';
import { simulate } from '../../tools/simulation/world/simulate.ts';

const SEEDS = Array.from({ length: 12 }, (_seed, index) => index + 1);

describe('a simulation', () => {
  test('makes the same plan from the same seed, and another from another', () => {
    expect(makePlan(7)).toEqual(makePlan(7));
    expect(makePlan(7)).not.toEqual(makePlan(8));
  });

  test('of the same seed comes out the same to the last line', async () => {
    for (const seed of SEEDS) {
      const told = await simulate(makePlan(seed));
      const again = await simulate(makePlan(seed));
      expect(again.hash).toBe(told.hash);
      expect(again.lines).toEqual(told.lines);
    }
  });

  test('of two seeds has two hashes', async () => {
    const hashes = new Set<string>();
    for (const seed of SEEDS) hashes.add((await simulate(makePlan(seed))).hash);
    expect(hashes.size).toBe(SEEDS.length);
  });

  test('comes out the same where the clocks of all processes lie, and asks for no other chance than its own', async () => {
    for (const seed of SEEDS) {
      const { hash } = await simulate(makePlan(seed));
      for (const offMs of [-3_600_000, 86_400_000]) {
        const skewed = skewClocks(offMs);
        try {
          expect((await simulate(makePlan(seed))).hash).toBe(hash);
        } finally {
          skewed.end();
        }
      }
    }
  });

  test('comes out the same whatever other simulations run beside it', async () => {
    const alone = await simulate(makePlan(3));
    const [beside] = await Promise.all([3, 4, 5].map((seed) => simulate(makePlan(seed))));
    expect(beside?.hash).toBe(alone.hash);
  });
});
