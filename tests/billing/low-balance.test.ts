/** R17 Low balance: said when the last funded block is entered, once, however late anybody looks. */
import { describe, expect, test } from 'vitest';
import { lowBalance } from '../../src/billing/low-balance.ts';
import { aGrant, anActiveSession, clockOf } from './specimens.ts';

describe('R17 a session that enters a block', () => {
  test.each([
    ['is in its last one where nothing else is free', [aGrant({ units: 1, held: 1 })], '10:00'],
    ['is not in its last one while a unit is free', [aGrant({ units: 2, held: 1 })], null],
    [
      'is in its last one where the free units expire at its end',
      [aGrant({ units: 5, held: 1, until: '10:00' })],
      '10:00',
    ],
    [
      'is not in its last one where the free units expire just after its end',
      [aGrant({ units: 5, held: 1, until: '10:00.001' })],
      null,
    ],
    [
      'is not in its last one where another grant begins at its end',
      [aGrant({ units: 1, held: 1 }), aGrant({ id: 2, units: 1, from: '10:00' })],
      null,
    ],
    ['is in its last one where another session holds the rest', [aGrant({ units: 2, held: 2 })], '10:00'],
  ] as const)('%s', (_what, grants, clock) => {
    const at = lowBalance(anActiveSession(), grants);

    expect(at === null ? null : clockOf(at)).toBe(clock);
  });
});
