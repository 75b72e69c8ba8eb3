/** Policies whose deadlines like to meet: most times are whole blocks, or one ms beside. */
import type { Policy } from '../../../src/billing/policy.ts';
import type { Random } from '../../kit/random.ts';

export function makePolicy(random: Random): Policy {
  const intervalMs = random.pick([1_000, 1_000, 1_500, 2_000, 3_000]);
  const isFullFirst = random.chance(0.5);
  return {
    intervalMs,
    firstActivityMs: isFullFirst ? intervalMs : random.pick([intervalMs - 1, intervalMs / 2, 200]),
    noActivityUnits: random.pick([0, 1, 1]),
    endGraceMs: random.pick([0, 0, 0, 1, 100, intervalMs / 2, intervalMs - 1]),
    idleMs: offOrLength(random, intervalMs, 3),
    doctorResponseMs: offOrLength(random, intervalMs, 3),
    maxDurationMs: offOrLength(random, intervalMs, 5),
  };
}

function offOrLength(random: Random, intervalMs: number, maxBlocks: number): number | null {
  switch (random.between(0, 6)) {
    case 0:
    case 1:
      return random.between(1, maxBlocks) * intervalMs;
    case 2:
      return random.between(1, maxBlocks) * intervalMs + random.pick([-1, 1]);
    case 3:
      return random.between(1, 10) * 100;
    default:
      return null;
  }
}
