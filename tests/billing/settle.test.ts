/** R12 Late is not different: what settling is, on hand-made accounts. Random ones: late-is-not-different.test.ts. */
import { describe, expect, test } from 'vitest';
import { settle } from '../../src/billing/settle.ts';
import { adjust, settleAt, play, start, told, write } from './script.ts';
import { aGrant, anAccount, anActiveSession, anEndedSession, t } from './specimens.ts';

const wrote = { hasDoctorActivity: true, lastActivityAt: t('1:00') };
const talking = anAccount([aGrant({ held: 1 })], [anActiveSession(wrote)]);

describe('R12 settling', () => {
  test('an account in which nothing is due is left as it is', () => {
    const settled = settle(talking, t('9:59.999'));

    expect(settled.account).toBe(talking);
    expect(settled.changes).toEqual([]);
  });

  test('applies each deadline at its own instant, however late it is looked at', () => {
    const { changes } = settle(talking, t('55:00'));

    expect(changes.map(({ kind, at }) => [kind, at])).toEqual([
      ['unit_charged', t('10:00')],
      ['block_entered', t('10:00')],
      ['unit_charged', t('20:00')],
      ['block_entered', t('20:00')],
      ['unit_charged', t('30:00')],
      ['block_entered', t('30:00')],
      ['unit_charged', t('40:00')],
      ['block_entered', t('40:00')],
      ['unit_charged', t('50:00')],
      ['session_ended', t('50:00')],
    ]);
  });

  test('owes three units after thirty minutes even if no alarm ever fired', () => {
    expect(settle(talking, t('30:00')).account.grants[0]).toMatchObject({ remaining: 2, held: 1 });
  });

  test('twice is no different from once', () => {
    const once = settle(talking, t('25:00'));
    const twice = settle(once.account, t('25:00'));

    expect(twice).toEqual({ account: once.account, changes: [] });
  });

  test('in many steps is no different from one', () => {
    let stepwise = talking;
    for (let minute = 0; minute <= 55; minute += 1) stepwise = settle(stepwise, t(`${minute}:00`)).account;

    expect(stepwise).toEqual(settle(talking, t('55:00')).account);
  });

  test('to an earlier instant takes nothing back', () => {
    const { account } = settle(talking, t('25:00'));

    expect(settle(account, t('5:00'))).toEqual({ account, changes: [] });
  });

  test('reaches every active session of the account and no ended one', () => {
    const account = anAccount(
      [aGrant({ held: 2 })],
      [anActiveSession(wrote), anEndedSession({ id: 2 }), anActiveSession({ id: 3, ...wrote })],
    );
    const { changes } = settle(account, t('10:00'));

    expect(changes.map((change) => 'sessionId' in change && change.sessionId)).toEqual([1, 1, 3, 3]);
  });

  test('of an account without sessions or grants changes nothing', () => {
    expect(settle(anAccount([]), t('999:00')).changes).toEqual([]);
    expect(settle(anAccount([aGrant()], [anEndedSession()]), t('999:00')).changes).toEqual([]);
  });

  test('ends, however long nobody looked and however much there is to charge', () => {
    const rich = anAccount([aGrant({ units: 2000, held: 1 })], [anActiveSession(wrote)]);
    const { account, changes } = settle(rich, t('99999:00'));

    expect(changes.filter(({ kind }) => kind === 'unit_charged')).toHaveLength(2000);
    expect(account.sessions[0]).toMatchObject({ state: 'ended', endedAt: t('20000:00'), unitsUsed: 2000 });
  });

  test('comes before a top-up: units that arrive after the boundary do not revive the session', () => {
    const scene = play(
      [aGrant({ units: 1 })],
      start('0:00'),
      write('1:00', 'doctor'),
      adjust('10:00', 5),
      settleAt('30:00'),
    );

    expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1', '10:00 ended balance_exhausted']);
    expect(scene.account.grants[0]).toMatchObject({ remaining: 5, held: 0 });
  });
});
