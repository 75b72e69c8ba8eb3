/** R2 Start: the checks in their order, each at its edge. */
import { describe, expect, test } from 'vitest';
import type { Account, Appointment, Grant, Session } from '../../src/billing/account.ts';
import { sessionId, type UserId } from '../../src/billing/ids.ts';
import type { StartWindow } from '../../src/billing/policy.ts';
import { startSession, type StartRequest } from '../../src/billing/start.ts';
import {
  aGrant,
  anAccount,
  anActiveSession,
  anAppointment,
  anEndedSession,
  CLINIC,
  DOCTOR,
  PATIENT,
  STRANGER,
  t,
} from './specimens.ts';

type Circumstances = {
  appointment?: Appointment | null;
  session?: Session | null;
  caller?: UserId;
  grants?: readonly Grant[];
  window?: Partial<StartWindow>;
};

function request(circumstances: Circumstances = {}): StartRequest {
  const {
    appointment = anAppointment(),
    session = null,
    caller = PATIENT,
    grants = [aGrant()],
  } = circumstances;
  const account: Account | null =
    appointment === null ? null : anAccount(grants, session === null ? [] : [session]);
  const window = { earlyStartMs: 0, startWindowMs: null, ...circumstances.window };
  return { appointment, session, caller, account, newSessionId: sessionId(1), policy: CLINIC, window };
}

/** What a start comes to at that time: the refusal's code, or what was decided. */
function outcome(circumstances: Circumstances, clock: string): string {
  const decision = startSession(request(circumstances), t(clock));
  return decision.kind === 'refused' ? decision.code : decision.kind;
}

describe('R2 who may start what', () => {
  test.each([
    ['the patient', PATIENT, 'started'],
    ['the doctor', DOCTOR, 'started'],
    ['a third user', STRANGER, 'not_a_participant'],
  ] as const)('%s (user %i) who starts at the appointed time: %s', (_who, caller, expected) => {
    expect(outcome({ caller }, '0:00')).toBe(expected);
  });

  test.each(['audio', 'video'] as const)('an appointment of type %s has no text session', (type) => {
    expect(outcome({ appointment: anAppointment({ type }) }, '0:00')).toBe('not_a_text_appointment');
  });

  test.each(['pending', 'cancelled', 'completed'] as const)('a %s appointment cannot start', (status) => {
    expect(outcome({ appointment: anAppointment({ status }) }, '0:00')).toBe('appointment_not_confirmed');
  });
});

describe('R2 when it may start', () => {
  test.each([
    ['on time', {}, '-0:00.001', 'appointment_time_not_reached'],
    ['on time', {}, '0:00', 'started'],
    ['on time', {}, '0:00.001', 'started'],
    ['on time, and for ever after', {}, '99999:00', 'started'],
    ['five minutes early', { earlyStartMs: 300_000 }, '-5:00.001', 'appointment_time_not_reached'],
    ['five minutes early', { earlyStartMs: 300_000 }, '-5:00', 'started'],
    ['five minutes early', { earlyStartMs: 300_000 }, '-4:59.999', 'started'],
    ['within a window of 15 minutes', { startWindowMs: 900_000 }, '14:59.999', 'started'],
    ['within a window of 15 minutes', { startWindowMs: 900_000 }, '15:00', 'appointment_window_passed'],
    ['within a window of 15 minutes', { startWindowMs: 900_000 }, '15:00.001', 'appointment_window_passed'],
    ['within no window at all', { startWindowMs: 0 }, '0:00', 'appointment_window_passed'],
  ] as const)('where a session may start %s %j, one at %s: %s', (_window, window, clock, expected) => {
    expect(outcome({ window }, clock)).toBe(expected);
  });
});

describe('R2 what it takes', () => {
  test.each([
    ['no grant at all', 'no_active_subscription', []],
    ['a grant that begins now', 'started', [aGrant({ from: '20:00' })]],
    ['a grant that begins in 1 ms', 'no_active_subscription', [aGrant({ from: '20:00.001' })]],
    ['a grant that expires in 1 ms', 'started', [aGrant({ until: '20:00.001' })]],
    ['a grant that expires now', 'no_active_subscription', [aGrant({ until: '20:00' })]],
    ['a grant that expired 1 ms ago', 'no_active_subscription', [aGrant({ until: '19:59.999' })]],
    ['one unit', 'started', [aGrant({ units: 1 })]],
    ['a grant without units', 'insufficient_sessions', [aGrant({ units: 0 })]],
    ['its only unit held by another session', 'insufficient_sessions', [aGrant({ units: 1, held: 1 })]],
    ['one unit free beside one held', 'started', [aGrant({ units: 2, held: 1 })]],
    [
      'units only on a grant that expired',
      'insufficient_sessions',
      [aGrant({ units: 0 }), aGrant({ id: 2, until: '20:00' })],
    ],
    [
      'units only on a grant of later',
      'insufficient_sessions',
      [aGrant({ units: 0 }), aGrant({ id: 2, from: '20:01' })],
    ],
  ] as const)('a start at minute 20 with %s: %s', (_what, expected, grants) => {
    expect(outcome({ grants }, '20:00')).toBe(expected);
  });

  test('the first unit is held at the start itself, on the grant that pays first, and nobody has written', () => {
    const grants = [aGrant(), aGrant({ id: 2, until: '30:00' })];
    const decision = startSession(request({ grants, caller: DOCTOR }), t('3:00'));

    expect(decision).toEqual({
      kind: 'started',
      changes: [
        {
          kind: 'session_started',
          at: t('3:00'),
          session: anActiveSession({ startedAt: t('3:00'), heldOn: null }),
        },
        { kind: 'block_entered', at: t('3:00'), sessionId: 1, grantId: 2 },
      ],
    });
  });
});

describe('R2 a session that exists already', () => {
  test('an active session is answered, also where a new one could not start any more', () => {
    const session = anActiveSession();
    const spent = [aGrant({ units: 1, held: 1, until: '1:00' })];
    const appointment = anAppointment({ status: 'cancelled' });

    expect(outcome({ session }, '0:00')).toBe('already_active');
    expect(outcome({ session, grants: spent, appointment, window: { startWindowMs: 60_000 } }, '5:00')).toBe(
      'already_active',
    );
  });

  test('an ended session never starts again, however much is left', () => {
    expect(outcome({ session: anEndedSession() }, '12:00')).toBe('session_ended');
    expect(outcome({ session: anEndedSession() }, '999:00')).toBe('session_ended');
  });

  test('neither of them is shown to a third user, nor to one who comes for an audio appointment', () => {
    const appointment = anAppointment({ type: 'audio' });

    expect(outcome({ session: anActiveSession(), caller: STRANGER }, '1:00')).toBe('not_a_participant');
    expect(outcome({ session: anEndedSession(), caller: STRANGER }, '1:00')).toBe('not_a_participant');
    expect(outcome({ session: anActiveSession(), appointment }, '1:00')).toBe('not_a_text_appointment');
  });
});

describe('R2 the order of the checks', () => {
  /** Each fails by itself, and with everything that comes after it. */
  const failures = [
    ['appointment_not_found', { appointment: null }],
    ['not_a_participant', { caller: STRANGER }],
    ['not_a_text_appointment', { type: 'audio' }],
    ['session_ended', { session: anEndedSession() }],
    ['appointment_not_confirmed', { status: 'pending' }],
    ['appointment_time_not_reached', { scheduledAt: t('5:00') }],
    ['appointment_window_passed', { window: { startWindowMs: -600_000 } }],
    ['no_active_subscription', { grants: [] }],
    ['insufficient_sessions', { grants: [aGrant({ units: 0 })] }],
  ] as const;

  type Failure = {
    appointment?: null;
    caller?: UserId;
    type?: 'audio';
    session?: Session;
    status?: 'pending';
    scheduledAt?: Appointment['scheduledAt'];
    window?: Partial<StartWindow>;
    grants?: readonly Grant[];
  };

  function circumstancesOf(failing: readonly Failure[]): Circumstances {
    const all: Failure = Object.assign({}, ...failing.toReversed());
    const { appointment: missing, type, status, scheduledAt, ...rest } = all;
    const facts = {
      ...(type === undefined ? {} : { type }),
      ...(status === undefined ? {} : { status }),
      ...(scheduledAt === undefined ? {} : { scheduledAt }),
    };
    return { ...rest, appointment: missing === null ? null : anAppointment(facts) };
  }

  test.each(failures.map(([code], index) => [code, index] as const))(
    '%s is answered by itself and before everything that is asked after it',
    (code, index) => {
      const failing = failures.slice(index).map(([, failure]) => failure);

      expect(outcome(circumstancesOf(failing.slice(0, 1)), '0:00')).toBe(code);
      expect(outcome(circumstancesOf(failing.slice(0, 2)), '0:00')).toBe(code);
      expect(outcome(circumstancesOf(failing), '0:00')).toBe(code);
    },
  );
});
