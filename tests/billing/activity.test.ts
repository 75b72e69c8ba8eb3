/** R7 Activity: what a message changes, and until when it counts. */
import { describe, expect, test } from 'vitest';
import { recordActivity } from '../../src/billing/activity.ts';
import { apply } from '../../src/billing/apply.ts';
import { nextDeadline } from '../../src/billing/order.ts';
import { settle } from '../../src/billing/settle.ts';
import { after } from '../../src/billing/time.ts';
import { settleAt, play, start, told, write } from './script.ts';
import { aGrant, anAccount, anActiveSession, CLINIC, clockOf, t } from './specimens.ts';

const wrote = (...messages: readonly (readonly [string, 'patient' | 'doctor'])[]) => {
  const scene = play([aGrant()], start('0:00'), ...messages.map(([clock, role]) => write(clock, role)));
  return scene.account.sessions[0];
};

describe('R7 activity', () => {
  test('a session that has just started has none: starting is not activity', () => {
    expect(wrote()).toMatchObject({
      hasPatientActivity: false,
      hasDoctorActivity: false,
      firstPatientActivityAt: null,
      lastActivityAt: null,
    });
  });

  test('a message of the patient is known as the first of the patient, and as the last of anybody', () => {
    expect(wrote(['1:00', 'patient'])).toMatchObject({
      hasPatientActivity: true,
      hasDoctorActivity: false,
      firstPatientActivityAt: t('1:00'),
      lastActivityAt: t('1:00'),
    });
  });

  test('a message of the doctor is none of the patient', () => {
    expect(wrote(['1:00', 'doctor'])).toMatchObject({
      hasPatientActivity: false,
      hasDoctorActivity: true,
      firstPatientActivityAt: null,
      lastActivityAt: t('1:00'),
    });
  });

  test('later messages move the last activity and leave the first of the patient where it was', () => {
    expect(wrote(['1:00', 'patient'], ['2:00', 'patient'], ['3:00', 'doctor'])).toMatchObject({
      firstPatientActivityAt: t('1:00'),
      lastActivityAt: t('3:00'),
      hasDoctorActivity: true,
    });
    expect(wrote(['1:00', 'doctor'], ['2:00', 'patient'])).toMatchObject({
      firstPatientActivityAt: t('2:00'),
      lastActivityAt: t('2:00'),
    });
  });

  test('a message costs nothing by itself and takes no hold', () => {
    const session = anActiveSession();
    const account = anAccount([aGrant({ held: 1 })], [session]);
    const changed = apply(account, recordActivity(session, 'patient', t('1:00')));

    expect(changed.grants).toEqual(account.grants);
    expect(changed.sessions[0]).toMatchObject({ unitsUsed: 0, heldOn: 1, blocksCompleted: 0 });
  });

  test('the last activity never moves back, should an earlier message come later', () => {
    const session = anActiveSession({ lastActivityAt: t('5:00'), hasDoctorActivity: true });
    const changed = apply(
      anAccount([aGrant({ held: 1 })], [session]),
      recordActivity(session, 'patient', t('4:00')),
    );

    expect(changed.sessions[0]).toMatchObject({
      lastActivityAt: t('5:00'),
      firstPatientActivityAt: t('4:00'),
    });
  });

  test.each([
    ['no_activity', {}, [], '10:00'],
    ['idle_timeout', { idleMs: 120_000 }, [write('1:00', 'doctor')], '3:00'],
    ['doctor_no_response', { doctorResponseMs: 240_000 }, [write('1:00', 'patient')], '5:00'],
  ] as const)(
    'a message strictly before the deadline of %s postpones it, and at the deadline it is too late',
    (reason, policy, before, deadline) => {
      const justBefore = clockOf(after(t(deadline), -1));
      const talk = [start('0:00', policy), ...before];
      const inTime = play([aGrant()], ...talk, write(justBefore, 'doctor'), settleAt(deadline));
      const tooLate = play([aGrant()], ...talk, write(deadline, 'doctor'));

      expect(inTime.refused).toEqual([]);
      expect(told(inTime).filter((line) => line.includes('ended'))).toEqual([]);
      expect(tooLate.refused).toEqual([`${deadline} session_ended`]);
      expect(told(tooLate).at(-1)).toBe(`${deadline} ended ${reason}`);
    },
  );

  test('a message at a boundary belongs to the block that begins there', () => {
    const scene = play(
      [aGrant()],
      start('0:00', { idleMs: 120_000 }),
      write('1:00', 'patient'),
      write('2:30', 'patient'),
      write('4:00', 'patient'),
      write('5:30', 'patient'),
      write('7:00', 'patient'),
      write('8:30', 'patient'),
      write('10:00', 'patient'),
      settleAt('13:00'),
    );

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '12:00 charge 2 idle_timeout, grant 1',
      '12:00 ended idle_timeout',
    ]);
  });

  test('a refused message leaves the ending that it found, and is forgotten', () => {
    const scene = play([aGrant()], start('0:00'), write('10:05', 'patient'));

    expect(scene.refused).toEqual(['10:05 session_ended']);
    expect(told(scene)).toEqual(['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity']);
    expect(scene.account.sessions[0]).toMatchObject({
      state: 'ended',
      endedAt: t('10:00'),
      hasPatientActivity: false,
      lastActivityAt: null,
    });
  });

  test('a message moves the deadline of silence to the next boundary', () => {
    const session = anActiveSession({ policy: { ...CLINIC, firstActivityMs: 180_000 } });
    const account = anAccount([aGrant({ held: 1 })], [session]);
    const [changed] = apply(account, recordActivity(session, 'doctor', t('2:00'))).sessions;

    expect(nextDeadline(session)).toBe(t('3:00'));
    if (changed?.state !== 'active') throw new Error('a message ended the session');
    expect(nextDeadline(changed)).toBe(t('10:00'));
    expect(settle(account, t('2:59.999')).changes).toEqual([]);
  });
});
