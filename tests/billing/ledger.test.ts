/** R14 Ledger: what each change leaves in it. */
import { describe, expect, test } from 'vitest';
import { apply } from '../../src/billing/apply.ts';
import type { Change } from '../../src/billing/change.ts';
import { grantId, sessionId } from '../../src/billing/ids.ts';
import { entryOf, type LedgerEntry } from '../../src/billing/ledger.ts';
import { adjust, end, giveBack, settleAt, play, type Scene, start, type Step, write } from './script.ts';
import { aGrant, anAccount, anActiveSession, PATIENT, t } from './specimens.ts';

const at = t('5:00');
const ofSession = { at, sessionId: sessionId(1), grantId: grantId(1) };
const before = anAccount([aGrant({ held: 1 })], [anActiveSession({ lastActivityAt: t('1:00') })]);
const entryFor = (change: Change, account = before) => entryOf(apply(account, change), change);

const OF_GRANT_1 = {
  patientId: PATIENT,
  grantId: 1,
  sessionId: null,
  intervalNo: null,
  effectiveAt: at,
  takesBack: null,
  terms: null,
};

describe('R14 an entry', () => {
  test('for a new grant says its units and its terms', () => {
    const grant = aGrant({ id: 2, units: 12, from: '5:00', until: '60:00' });

    expect(entryFor({ kind: 'grant_created', at, grant })).toEqual({
      ...OF_GRANT_1,
      grantId: 2,
      kind: 'grant',
      reason: 'subscription',
      units: 12,
      balanceAfter: 12,
      terms: { startsAt: t('5:00'), expiresAt: t('60:00') },
    });
  });

  test.each([
    ['interval', -1, 4],
    ['no_activity', -1, 4],
    ['manual_end', -1, 4],
    ['admin_end', -1, 4],
    ['idle_timeout', -1, 4],
    ['max_duration', -1, 4],
  ] as const)(
    'for a charge with reason %s has the number of its block, %i unit and the balance after: %i',
    (reason, units, balanceAfter) => {
      const change = { kind: 'unit_charged', ...ofSession, intervalNo: 1, reason } as const;

      expect(entryFor(change)).toEqual({
        ...OF_GRANT_1,
        sessionId: 1,
        intervalNo: 1,
        kind: 'charge',
        reason,
        units,
        balanceAfter,
      });
    },
  );

  test.each(['doctor_no_response', 'correction'] as const)(
    'for a refund with reason %s has the number of the charge that it gives back',
    (reason) => {
      const charged = apply(before, {
        kind: 'unit_charged',
        ...ofSession,
        intervalNo: 1,
        reason: 'interval',
      });

      expect(entryFor({ kind: 'unit_refunded', ...ofSession, intervalNo: 1, reason }, charged)).toEqual({
        ...OF_GRANT_1,
        sessionId: 1,
        intervalNo: 1,
        kind: 'refund',
        reason,
        units: 1,
        balanceAfter: 5,
      });
    },
  );

  test.each([
    [3, 'correction', 8],
    [-4, 'correction', 1],
    [7, 'subscription', 12],
    [-2, 'subscription', 3],
  ] as const)('for an adjustment by %i (%s) leaves %i', (units, reason, balanceAfter) => {
    const change = {
      kind: 'grant_adjusted',
      at,
      grantId: grantId(1),
      units,
      reason,
      takesBack: null,
    } as const;
    expect(entryFor(change)).toEqual({
      ...OF_GRANT_1,
      kind: 'adjustment',
      reason,
      units,
      balanceAfter,
    });
  });

  test('for another validity moves no unit and says the new terms', () => {
    const terms = { startsAt: t('-30:00'), expiresAt: t('90:00') };

    expect(entryFor({ kind: 'grant_validity_changed', at, grantId: grantId(1), ...terms })).toEqual({
      ...OF_GRANT_1,
      kind: 'adjustment',
      reason: 'validity_changed',
      units: 0,
      balanceAfter: 5,
      terms,
    });
  });

  test('is left by nothing that moves no unit: starts, holds, messages and ends', () => {
    const released: Change = { kind: 'hold_released', ...ofSession };
    const idle = apply(before, released);
    const session = anActiveSession({ id: 2, heldOn: null });

    expect(entryFor({ kind: 'session_started', at, session })).toBeNull();
    expect(entryFor(released)).toBeNull();
    expect(entryFor({ kind: 'block_entered', ...ofSession }, idle)).toBeNull();
    expect(entryFor({ kind: 'activity_recorded', ...ofSession, role: 'doctor' })).toBeNull();
    expect(
      entryFor({ kind: 'session_ended', ...ofSession, reason: 'idle_timeout', units: 0 }, idle),
    ).toBeNull();
  });
});

describe('R14 the ledger of a session', () => {
  const rich = [aGrant({ units: 9 })];
  const numbersOf = (scene: Scene, kind: LedgerEntry['kind']) =>
    scene.entries
      .filter((entry) => entry.kind === kind)
      .map(({ intervalNo, reason }) => `${intervalNo} ${reason}`);

  test.each([
    ['an end by hand', [end('25:00')], ['1 interval', '2 interval', '3 manual_end']],
    ['an end by an admin', [end('12:00', { by: 'admin', charge: true })], ['1 interval', '2 admin_end']],
    [
      'an end by an admin that spares the block',
      [end('12:00', { by: 'admin', charge: false })],
      ['1 interval'],
    ],
    ['no end', [settleAt('30:00')], ['1 interval', '2 interval', '3 interval']],
  ] satisfies [string, Step[], string[]][])(
    'with %s numbers each charged block once, from 1: %j %j',
    (_how, steps, numbers) => {
      const scene = play(rich, start('0:00'), write('1:00', 'doctor'), ...steps);

      expect(numbersOf(scene, 'charge')).toEqual(numbers);
    },
  );

  test('a block is not charged anew after its unit was given back', () => {
    const scene = play(rich, start('0:00'), write('1:00', 'doctor'), giveBack('15:00', 1), settleAt('30:00'));

    expect(numbersOf(scene, 'charge')).toEqual(['1 interval', '2 interval', '3 interval']);
    expect(numbersOf(scene, 'refund')).toEqual(['1 correction']);
    expect(scene.account.sessions[0]).toMatchObject({ unitsUsed: 2 });
  });

  test('adds up to the remaining units of each grant, entry by entry', () => {
    const scene = play(
      [aGrant({ id: 1, units: 2, until: '25:00' }), aGrant({ id: 2, units: 4 })],
      start('0:00'),
      write('1:00', 'doctor'),
      adjust('5:00', 3, 2),
      giveBack('15:00', 1),
      adjust('16:00', -2, 2),
      end('37:00'),
      giveBack('40:00', 4),
    );
    const sums = new Map([
      [1, 2],
      [2, 4],
    ]);
    for (const entry of scene.entries) {
      const sum = (sums.get(entry.grantId) ?? 0) + entry.units;
      sums.set(entry.grantId, sum);
      expect(entry.balanceAfter).toBe(sum);
    }

    expect(scene.account.grants.map(({ id, remaining }) => [id, remaining])).toEqual([...sums]);
    expect(scene.refused).toEqual([]);
  });

  test('every entry is effective when it was due, not when somebody looked', () => {
    const scene = play([aGrant({ units: 2 })], start('0:00'), write('1:00', 'doctor'), settleAt('55:00'));

    expect(scene.entries.map(({ effectiveAt }) => effectiveAt)).toEqual([t('10:00'), t('20:00')]);
  });
});
