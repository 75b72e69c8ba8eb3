/** Who takes part, and what an account that was loaded too small says. */
import { describe, expect, test } from 'vitest';
import { activeSessions, grantOf, roleOf, sessionOf } from '../../src/billing/account.ts';
import { grantId, sessionId } from '../../src/billing/ids.ts';
import {
  ADMIN,
  aGrant,
  anAccount,
  anActiveSession,
  anAppointment,
  anEndedSession,
  DOCTOR,
  PATIENT,
  STRANGER,
} from './specimens.ts';

describe('an account', () => {
  test.each([
    [PATIENT, 'patient'],
    [DOCTOR, 'doctor'],
    [STRANGER, null],
    [ADMIN, null],
  ])('user %i takes part in the appointment as: %s', (user, role) => {
    expect(roleOf(anAppointment(), user)).toBe(role);
  });

  test('knows its active sessions from its ended ones', () => {
    const active = anActiveSession({ id: 2 });

    expect(activeSessions(anAccount([], [anEndedSession(), active]))).toEqual([active]);
  });

  test('that was loaded without what is asked for says so, rather than inventing it', () => {
    const account = anAccount([aGrant()], [anEndedSession()]);

    expect(sessionOf(account, sessionId(1))).toBe(account.sessions[0]);
    expect(grantOf(account, grantId(1))).toBe(account.grants[0]);
    expect(() => sessionOf(account, sessionId(2))).toThrow('account 7 was loaded without session 2');
    expect(() => grantOf(account, grantId(2))).toThrow('account 7 was loaded without grant 2');
  });
});
