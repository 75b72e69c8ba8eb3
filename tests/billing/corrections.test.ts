/** R15 Corrections: refunds and adjustments by an admin. */
import { describe, expect, test } from 'vitest';
import {
  adjustGrant,
  MAX_GRANT_UNITS,
  type CorrectableEntry,
  refundCharge,
  takeBackRefund,
} from '../../src/billing/corrections.ts';
import { grantId, ledgerEntryId, sessionId } from '../../src/billing/ids.ts';
import { adjust, balances, end, giveBack, settleAt, play, start, told, write } from './script.ts';
import { ADMIN, aGrant, t } from './specimens.ts';

const CHARGE: CorrectableEntry = {
  id: ledgerEntryId(12),
  kind: 'charge',
  grantId: grantId(3),
  sessionId: sessionId(4),
  intervalNo: 2,
  undone: null,
};
const BEFORE = { by: { role: 'admin', id: ADMIN }, at: t('8:00') } as const;
const REFUND: CorrectableEntry = { ...CHARGE, id: ledgerEntryId(15), kind: 'refund' };

describe('R15 a refund', () => {
  test('gives one charge back to the grant that it came from, with the number of its block', () => {
    expect(refundCharge(CHARGE, t('9:00'))).toEqual({
      kind: 'unit_refunded',
      at: t('9:00'),
      sessionId: 4,
      grantId: 3,
      intervalNo: 2,
      reason: 'correction',
    });
  });

  test.each([
    ['what is not there', null, 'entry_not_found'],
    ['a charge that was given back before', { ...CHARGE, undone: BEFORE }, 'already_refunded'],
    ['a refund', { ...CHARGE, kind: 'refund' }, 'not_a_charge'],
    ['a grant', { ...CHARGE, kind: 'grant', sessionId: null, intervalNo: null }, 'not_a_charge'],
    ['an adjustment', { ...CHARGE, kind: 'adjustment', sessionId: null, intervalNo: null }, 'not_a_charge'],
    ['a charge of no session', { ...CHARGE, sessionId: null }, 'not_a_charge'],
    ['a charge of no block', { ...CHARGE, intervalNo: null }, 'not_a_charge'],
  ] as const)('of %s is refused', (_what, entry, code) => {
    expect(refundCharge(entry, t('9:00'))).toEqual({ kind: 'refused', code });
  });

  test('is possible during the session and long after it, once for each charge', () => {
    const scene = play(
      [aGrant()],
      start('0:00'),
      write('1:00', 'doctor'),
      giveBack('9:59.999', 1),
      giveBack('10:00', 1),
      end('15:00'),
      giveBack('9999:00', 2),
      giveBack('9999:00', 1),
    );

    expect(scene.refused).toEqual(['9:59.999 entry_not_found', '9999:00 already_refunded']);
    expect(balances(scene)).toEqual(['1: 5']);
    expect(scene.account.sessions[0]).toMatchObject({ unitsUsed: 0, endedAt: t('15:00'), endUnits: 1 });
  });

  test('to a grant that has expired stays there and pays for nothing', () => {
    const scene = play(
      [aGrant({ id: 1, units: 1, until: '12:00' }), aGrant({ id: 2, units: 1 })],
      start('0:00'),
      write('1:00', 'doctor'),
      giveBack('15:00', 1),
      settleAt('60:00'),
    );

    expect(told(scene).at(-1)).toBe('20:00 ended balance_exhausted');
    expect(balances(scene)).toEqual(['1: 1', '2: 0']);
  });
});

describe('R15 the taking back of a refund', () => {
  const grant = (units: number, held = 0) => aGrant({ id: 3, units, held, total: 8 });

  test('takes one unit from the grant to which it was given, and says which refund that undoes', () => {
    expect(takeBackRefund(REFUND, grant(4), t('9:00'))).toEqual({
      kind: 'grant_adjusted',
      at: t('9:00'),
      grantId: 3,
      units: -1,
      reason: 'correction',
      takesBack: 15,
    });
  });

  test.each([
    ['of a charge', CHARGE, grant(4), 'not_a_refund'],
    ['of an adjustment', { ...REFUND, kind: 'adjustment' }, grant(4), 'not_a_refund'],
    ['that was done before', { ...REFUND, undone: BEFORE }, grant(4), 'already_taken_back'],
    ['whose unit was used meanwhile', REFUND, grant(0), 'subscription_total_too_low'],
    ['whose unit is held', REFUND, grant(2, 2), 'subscription_total_too_low'],
  ] as const)('%s is refused', (_what, entry, of, code) => {
    expect(takeBackRefund(entry, of, t('9:00'))).toEqual({ kind: 'refused', code });
  });
});

describe('R15 an adjustment', () => {
  test.each([
    [1, 'recorded'],
    [0, 'recorded'],
    [-3, 'recorded'],
    [-4, 'subscription_total_too_low'],
    [-5, 'subscription_total_too_low'],
    [MAX_GRANT_UNITS - 8, 'recorded'],
    [MAX_GRANT_UNITS - 7, 'subscription_units_out_of_bounds'],
  ])('by %i, where five of eight remain and two are held, is %s', (units, outcome) => {
    const grant = aGrant({ units: 5, held: 2, total: 8 });
    const change = adjustGrant(grant, units, 'correction', t('9:00'));

    expect(change.kind === 'refused' ? change.code : 'recorded').toBe(outcome);
    if (change.kind !== 'refused')
      expect(change).toEqual({
        kind: 'grant_adjusted',
        at: t('9:00'),
        grantId: 1,
        units,
        reason: 'correction',
        takesBack: null,
      });
  });

  test('that adds units is possible even where all that remain are held', () => {
    expect(adjustGrant(aGrant({ units: 2, held: 2 }), 1, 'subscription', t('9:00')).kind).toBe(
      'grant_adjusted',
    );
  });

  test('may take every unit that is free, down to none', () => {
    const scene = play([aGrant({ units: 3 })], start('0:00'), adjust('1:00', -2), adjust('1:00', -1));

    expect(scene.refused).toEqual(['1:00 subscription_total_too_low']);
    expect(balances(scene)).toEqual(['1: 1, 1 held']);
    expect(scene.account.grants[0]).toMatchObject({ unitsTotal: 1 });
  });

  test('is counted apart from what was bought', () => {
    const corrected = play([aGrant({ units: 3 })], adjust('1:00', 4));

    expect(corrected.account.grants[0]).toMatchObject({ unitsSubscribed: 3, unitsTotal: 7, remaining: 7 });
  });

  test('finds the account settled: units that a boundary took meanwhile cannot be taken again', () => {
    const scene = play([aGrant({ units: 2 })], start('0:00'), write('1:00', 'doctor'), adjust('10:00', -1));

    expect(scene.refused).toEqual(['10:00 subscription_total_too_low']);
    expect(balances(scene)).toEqual(['1: 1, 1 held']);
  });
});
