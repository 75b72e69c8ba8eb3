/** R16 Ended is final. */
import { describe, expect, test } from 'vitest';
import { apply } from '../../src/billing/apply.ts';
import type { Change } from '../../src/billing/change.ts';
import { stillActive } from '../../src/billing/still-active.ts';
import { grantId, sessionId } from '../../src/billing/ids.ts';
import { balances, end, giveBack, settleAt, play, start, told, write } from './script.ts';
import { aGrant, anAccount, anActiveSession, anEndedSession, t } from './specimens.ts';

const at = t('15:00');
const onSession1 = { at, sessionId: sessionId(1), grantId: grantId(1) };

describe('R16 after the end', () => {
  test.each([
    ['a hold', { kind: 'block_entered', ...onSession1 }],
    ['a charge', { kind: 'unit_charged', ...onSession1, intervalNo: 3, reason: 'interval' }],
    ['a release', { kind: 'hold_released', ...onSession1 }],
    ['a message', { kind: 'activity_recorded', ...onSession1, role: 'patient' }],
    ['a second end', { kind: 'session_ended', ...onSession1, reason: 'admin_end', units: 0 }],
  ] satisfies [string, Change][])(
    '%s cannot reach the session: getting here with one is a bug',
    (_what, change) => {
      const account = anAccount([aGrant({ held: 1 })], [anEndedSession()]);

      expect(() => apply(account, change)).toThrow(/session 1 has ended/);
    },
  );

  test('an active session is let through', () => {
    const session = anActiveSession();

    expect(stillActive(session, 'unit_charged')).toBe(session);
  });

  test('a refund changes the units used and nothing else of the session', () => {
    const session = anEndedSession();
    const account = anAccount([aGrant({ units: 3, total: 5 })], [session]);
    const refunded = apply(account, {
      kind: 'unit_refunded',
      ...onSession1,
      intervalNo: 1,
      reason: 'correction',
    });

    expect(refunded.sessions).toEqual([{ ...session, unitsUsed: 1 }]);
  });

  test.each([
    ['no_activity', [], '10:00'],
    ['balance_exhausted', [write('1:00', 'doctor')], '20:00'],
    ['manual_end', [write('1:00', 'doctor'), end('12:00')], '12:00'],
    ['admin_end', [write('1:00', 'doctor'), end('12:00', { by: 'admin', charge: false })], '12:00'],
  ] as const)('by %s neither time nor messages nor another end change anything', (reason, steps, clock) => {
    const ended = play([aGrant({ units: 2 })], start('0:00'), ...steps, settleAt('20:00'));
    const after = play(
      [],
      () => ended,
      write('20:00', 'patient'),
      end('20:01'),
      write('30:00', 'doctor'),
      settleAt('500:00'),
      end('501:00', { by: 'admin', charge: true }),
      start('502:00'),
    );

    expect(after.account).toEqual(ended.account);
    expect(told(after)).toEqual(told(ended));
    expect(after.account.sessions[0]).toMatchObject({ endReason: reason, endedAt: t(clock) });
    expect(after.refused).toEqual(['20:00 session_ended', '30:00 session_ended', '502:00 session_ended']);
  });

  test('no hold is left behind, so the rest can be spent elsewhere', () => {
    const scene = play(
      [aGrant({ units: 2 })],
      start('0:00'),
      write('1:00', 'doctor'),
      end('5:00'),
      start('6:00', {}, 2),
      giveBack('7:00', 1),
    );

    expect(balances(scene)).toEqual(['1: 2, 1 held']);
  });
});
