/** R3 Blocks: which grant is valid, what of it can be spent, and which one pays. */
import { describe, expect, test } from 'vitest';
import {
  availableUnits,
  availableUnitsAt,
  byPaymentOrder,
  isValidAt,
  payingGrant,
  remainingUnitsAt,
} from '../../src/billing/grant.ts';
import { balances, end, giveBack, settleAt, play, start, told, write } from './script.ts';
import { aGrant, t } from './specimens.ts';

describe('R3 a grant', () => {
  test.each([
    ['4:59.999', false],
    ['5:00', true],
    ['5:00.001', true],
    ['14:59.999', true],
    ['15:00', false],
    ['15:00.001', false],
  ])('from minute 5 until minute 15 is valid at %s: %s', (clock, isValid) => {
    expect(isValidAt(aGrant({ from: '5:00', until: '15:00' }), t(clock))).toBe(isValid);
  });

  test('without an expiry is valid for ever, and never before it begins', () => {
    expect(isValidAt(aGrant({ from: '5:00' }), t('99999999:00'))).toBe(true);
    expect(isValidAt(aGrant({ from: '5:00' }), t('4:59.999'))).toBe(false);
  });

  test('can spend what remains less what is held', () => {
    expect(availableUnits(aGrant({ units: 5, held: 2 }))).toBe(3);
    expect(availableUnits(aGrant({ units: 2, held: 2 }))).toBe(0);
  });

  test('counts for the balance while it is valid, with and without the units that are held', () => {
    const grants = [
      aGrant({ units: 5, held: 2 }),
      aGrant({ id: 2, units: 4, until: '10:00' }),
      aGrant({ id: 3, units: 3, from: '10:00' }),
    ];

    expect([remainingUnitsAt(grants, t('9:59.999')), availableUnitsAt(grants, t('9:59.999'))]).toEqual([
      9, 7,
    ]);
    expect([remainingUnitsAt(grants, t('10:00')), availableUnitsAt(grants, t('10:00'))]).toEqual([8, 6]);
    expect([remainingUnitsAt([], t('0:00')), availableUnitsAt([], t('0:00'))]).toEqual([0, 0]);
  });
});

describe('R3 the grant that pays', () => {
  const never = aGrant({ id: 1 });
  const late = aGrant({ id: 2, until: '60:00' });
  const soon = aGrant({ id: 3, until: '30:00' });
  const alsoSoon = aGrant({ id: 4, until: '30:00' });

  test.each([
    ['the one that expires first', [never, late, soon], 3],
    ['a lower id, where two expire together', [never, alsoSoon, soon], 3],
    ['an expiring one before one that never expires', [never, late], 2],
    ['the lower id among those that never expire', [aGrant({ id: 9 }), never], 1],
    ['one with units, where the first has none', [aGrant({ id: 3, units: 0, until: '30:00' }), never], 1],
    ['one with a free unit, where all of the first are held', [{ ...soon, held: 5 }, late], 2],
    ['one that is valid, where the first has yet to begin', [{ ...soon, startsAt: t('0:00.001') }, never], 1],
    [
      'one that is valid, where the first expires at that instant',
      [aGrant({ id: 3, until: '0:00' }), never],
      1,
    ],
    ['one that expires a millisecond later', [aGrant({ id: 3, until: '0:00.001' }), never], 3],
  ] as const)('is %s, in whatever order they come', (_which, grants, expected) => {
    expect(payingGrant(grants, t('0:00'))?.id).toBe(expected);
    expect(payingGrant(grants.toReversed(), t('0:00'))?.id).toBe(expected);
    expect(grants.toSorted(byPaymentOrder)).toEqual(grants.toReversed().toSorted(byPaymentOrder));
  });

  test.each([
    ['there is none', []],
    ['none is valid', [aGrant({ until: '0:00' }), aGrant({ id: 2, from: '0:01' })]],
    ['none has a unit', [aGrant({ units: 0 }), aGrant({ id: 2, units: 1, held: 1 })]],
  ] as const)('is nobody where %s', (_why, grants) => {
    expect(payingGrant(grants, t('0:00'))).toBeNull();
  });

  test('A with one unit until minute 15 pays the first block, B with five the rest, and a refund goes to A', () => {
    const a = aGrant({ id: 1, units: 1, until: '15:00' });
    const b = aGrant({ id: 2, units: 5 });
    const scene = play(
      [a, b],
      start('0:00'),
      write('1:00', 'patient'),
      settleAt('20:00'),
      end('25:00'),
      giveBack('26:00', 1),
    );

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '20:00 charge 2 interval, grant 2',
      '25:00 charge 3 manual_end, grant 2',
      '25:00 ended manual_end',
      '26:00 refund 1 correction, grant 1',
    ]);
    expect(balances(scene)).toEqual(['1: 1', '2: 3']);
  });

  test('a grant that expires inside a block still pays it, and no later one', () => {
    const scene = play(
      [aGrant({ units: 5, until: '10:00.001' })],
      start('0:00'),
      write('1:00', 'patient'),
      settleAt('19:59.999'),
    );

    expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1']);
    expect(
      told(
        play(
          [aGrant({ units: 5, until: '10:00.001' })],
          start('0:00'),
          write('1:00', 'patient'),
          settleAt('20:00'),
        ),
      ),
    ).toEqual([
      '10:00 charge 1 interval, grant 1',
      '20:00 charge 2 interval, grant 1',
      '20:00 ended balance_exhausted',
    ]);
  });

  test('the grant is chosen anew at every boundary: one that begins inside a block pays from the next', () => {
    const scene = play(
      [aGrant({ id: 1 }), aGrant({ id: 2, units: 1, from: '5:00', until: '60:00' })],
      start('0:00'),
      write('1:00', 'patient'),
      settleAt('30:00'),
    );

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '20:00 charge 2 interval, grant 2',
      '30:00 charge 3 interval, grant 1',
    ]);
  });
});
