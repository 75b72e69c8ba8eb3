import { describe, expect, test } from 'vitest';
import { balanceSteps } from '../../web/src/patient/balance-steps.ts';
import { at, ms } from './drawn-session.ts';

const grant = (grant_id: number, from: number, until: number | null = null) => ({
  grant_id,
  starts_at: at(from),
  expires_at: until === null ? null : at(until),
});
const point = (minutes: number, grant_id: number, balance_after: number) => ({
  at: at(minutes),
  grant_id,
  balance_after,
});
const steps = (...given: Parameters<typeof balanceSteps>) =>
  balanceSteps(...given).map(({ atMs, units }) => [(atMs - ms(0)) / 60_000, units]);

describe('the balance over time', () => {
  test('is the sum of the grants after each entry', () => {
    const history = [point(0, 1, 5), point(10, 2, 3), point(20, 1, 4)];
    expect(steps(history, [grant(1, 0), grant(2, 10)], ms(60))).toEqual([
      [0, 5],
      [10, 8],
      [20, 7],
    ]);
  });

  test('falls where a grant expires with units in it, which no entry says', () => {
    const history = [point(0, 1, 5), point(10, 1, 4)];
    expect(steps(history, [grant(1, 0, 30)], ms(60))).toEqual([
      [0, 5],
      [10, 4],
      [30, 0],
    ]);
    expect(steps(history, [grant(1, 0, 30)], ms(20))).toHaveLength(2);
  });

  test('rises where a grant becomes valid that was bought before', () => {
    expect(steps([point(0, 1, 5)], [grant(1, 30)], ms(60))).toEqual([
      [0, 0],
      [30, 5],
    ]);
  });

  test('has no step for a grant that expires empty', () => {
    expect(steps([point(0, 1, 1), point(10, 1, 0)], [grant(1, 0, 30)], ms(60))).toHaveLength(2);
  });
});
