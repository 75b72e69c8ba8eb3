/** R1 Time: an account never goes back before what it has seen, whatever happens to the clock. */
import { describe, expect, test } from 'vitest';
import { endSession } from '../../src/billing/end.ts';
import { accountNow } from '../../src/billing/account-now.ts';
import { recordActivity } from '../../src/billing/activity.ts';
import { settle } from '../../src/billing/settle.ts';
import { aGrant, anAccount, anActiveSession, anEndedSession, t } from './specimens.ts';

const wroteAt = (clock: string) => ({ lastActivityAt: t(clock), hasPatientActivity: true });

describe('R1 the present of an account', () => {
  test.each([
    ['the clock says, for an account without sessions', [], '3:00', '3:00'],
    ['the clock says, after everything that it saw', [anActiveSession(wroteAt('2:59'))], '3:00', '3:00'],
    ['its start, when the clock was set back before it', [anActiveSession()], '-2:00', '0:00'],
    ['its last message, when the clock was set back', [anActiveSession(wroteAt('4:00'))], '3:59.999', '4:00'],
    ['its last message, and not an instant more', [anActiveSession(wroteAt('4:00'))], '4:00.001', '4:00.001'],
    [
      'the boundary that was settled, when the clock was set back before it',
      [anActiveSession({ ...wroteAt('4:00'), blocksCompleted: 1 })],
      '9:59.999',
      '10:00',
    ],
    [
      'what the session that saw most has seen',
      [anActiveSession(wroteAt('4:00')), anActiveSession({ id: 2, ...wroteAt('6:00') })],
      '1:00',
      '6:00',
    ],
    ['the clock says, where all sessions are over', [anEndedSession()], '1:00', '1:00'],
  ] as const)('the present is what %s', (_why, sessions, clock, present) => {
    expect(accountNow(anAccount([aGrant({ held: 1 })], sessions), t(clock))).toBe(t(present));
  });

  test('a clock that was set back past a boundary charges nothing twice and takes nothing back', () => {
    const wrote = anActiveSession({ ...wroteAt('4:00'), firstPatientActivityAt: t('4:00') });
    const { account } = settle(anAccount([aGrant({ held: 1 })], [wrote]), t('10:00'));

    const again = settle(account, accountNow(account, t('5:00')));

    expect(again.changes).toEqual([]);
    expect(again.account).toBe(account);
  });

  test('an end under a clock that was set back costs what an end at the last thing seen costs', () => {
    const session = anActiveSession({ ...wroteAt('4:00'), blocksCompleted: 1 });
    const account = anAccount([aGrant({ held: 1 })], [session]);

    const changes = endSession(session, { by: 'participant' }, accountNow(account, t('2:00')));

    expect(changes.map(({ kind }) => kind)).toEqual(['hold_released', 'session_ended']);
    expect(changes.map(({ at }) => at)).toEqual([t('10:00'), t('10:00')]);
  });

  test('a message under a clock that was set back is no earlier than the message before it', () => {
    const session = anActiveSession(wroteAt('4:00'));
    const account = anAccount([aGrant({ held: 1 })], [session]);

    expect(recordActivity(session, 'doctor', accountNow(account, t('-9:00')))).toMatchObject({
      at: t('4:00'),
    });
  });
});
