/**
 * The model is only worth something if it is right, so every expectation here was worked out by hand from the
 * rules and the scenarios, not from a run. Rules R5, R7, R8, R9, R10.
 */
import { describe, expect, test } from 'vitest';

import type { Policy } from '../../../src/audit/reference-model/naive-types.ts';
import { CLINIC, grant, moves, refund, SHORT, standing, start, walk, write } from './script.ts';

describe('the naive model: no activity', () => {
  test('in the model nobody wrote, a message at 10:05 is refused and the end at 10:00 stands', () => {
    const result = walk(700, grant(1, 5), start(0, CLINIC), write(605, 'patient'));

    expect(result.outcomes).toEqual(['ok', 'ok', 'session_ended']);
    expect(moves(result)).toEqual(['charge 1 of session 1: no_activity at 600, grant 1 has 4 left']);
    expect(result.sessions[1]).toEqual({
      isActive: false,
      startedAt: 0,
      endedAt: 600,
      endReason: 'no_activity',
      sessionsUsed: 1,
      hasPatientActivity: false,
      hasDoctorActivity: false,
      lastActivityAt: null,
      lowBalanceAt: [],
    });
  });

  test.each([
    [4, 1, 'no_activity at 4, 1 used', 4],
    [4, 0, 'no_activity at 4, 0 used', 5],
    [10, 1, 'no_activity at 10, 1 used', 4],
    [10, 0, 'no_activity at 10, 0 used', 5],
  ] as const)(
    'with F = %i and %i units for silence the model says: %s',
    (firstActivitySeconds, noActivityUnits, expected, remaining) => {
      const policy = { ...SHORT, firstActivitySeconds, noActivityUnits };
      const result = walk(30, grant(1, 5), start(0, policy));

      expect(standing(result)).toBe(expected);
      expect(result.grants[1]).toEqual({ remaining, held: 0 });
    },
  );

  test.each([
    [0, 'active, 1 used'],
    [3, 'active, 1 used'],
    [4, 'no_activity at 4, 1 used'],
  ])('with F = 4 a first message at %i leaves the model with: %s', (at, expected) => {
    const policy = { ...SHORT, firstActivitySeconds: 4 };

    expect(standing(walk(12, grant(1, 5), start(0, policy), write(at, 'doctor')))).toBe(expected);
  });
});

describe('the naive model: idle', () => {
  test.each([
    ['the block that it began in', 5, 3, 'idle_timeout at 8, 1 used'],
    ['a later block, where nobody wrote', 15, 3, 'idle_timeout at 18, 1 used'],
    ['a boundary, after the capture and before the next block', 7, 3, 'idle_timeout at 10, 1 used'],
    ['the second boundary, with both blocks captured', 17, 3, 'idle_timeout at 20, 2 used'],
  ])(
    'in the model idleness that runs out in %s (after %i s, last message at second %i) is billed: %s',
    (_, idleSeconds, wroteAt, expected) => {
      const policy = { ...SHORT, idleSeconds };
      const result = walk(40, grant(1, 5), start(0, policy), write(wroteAt, 'patient'));

      expect(standing(result)).toBe(expected);
      expect(result.grants[1]?.held).toBe(0);
    },
  );

  test('a message at the boundary itself belongs to the new block in the model', () => {
    const policy = { ...SHORT, idleSeconds: 7 };
    const result = walk(40, grant(1, 5), start(0, policy), write(5, 'doctor'), write(10, 'doctor'));

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 10, grant 1 has 4 left',
      'charge 2 of session 1: idle_timeout at 17, grant 1 has 3 left',
    ]);
  });

  test('a message one second before postpones idleness in the model, at the deadline it is too late', () => {
    const policy = { ...SHORT, idleSeconds: 15 };
    const actions = [grant(1, 5), start(0, policy), write(3, 'patient')];

    const inTime = walk(40, ...actions, write(17, 'doctor'));
    expect(standing(inTime)).toBe('idle_timeout at 32, 3 used');
    const late = walk(40, ...actions, write(18, 'doctor'));
    expect(late.outcomes.at(-1)).toBe('session_ended');
    expect(standing(late)).toBe('idle_timeout at 18, 1 used');
  });

  test('in the model the grace for an end forgives neither idleness nor the longest session', () => {
    const grace = { ...SHORT, endGraceSeconds: 10 };
    const actions = [grant(1, 5), write(1, 'patient')] as const;

    const idle = walk(9, actions[0], start(0, { ...grace, idleSeconds: 3 }), actions[1]);
    expect(standing(idle)).toBe('idle_timeout at 4, 1 used');
    const longest = walk(9, actions[0], start(0, { ...grace, maxDurationSeconds: 4 }), actions[1]);
    expect(standing(longest)).toBe('max_duration at 4, 1 used');
  });
});

describe('the naive model: a silent doctor', () => {
  const policy: Policy = { ...SHORT, doctorResponseSeconds: 23 };

  test('in the model a silent doctor gives every unit back to the grant it came from, in block order', () => {
    const result = walk(
      40,
      grant(1, 1, { expiresAt: 10 }),
      grant(2, 5),
      start(0, policy),
      write(2, 'patient'),
      write(14, 'patient'),
    );

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 10, grant 1 has 0 left',
      'charge 2 of session 1: interval at 20, grant 2 has 4 left',
      'refund 1 of session 1: doctor_no_response at 25, grant 1 has 1 left',
      'refund 2 of session 1: doctor_no_response at 25, grant 2 has 5 left',
    ]);
    expect(standing(result)).toBe('doctor_no_response at 25, 0 used');
    expect(result.grants).toEqual({ 1: { remaining: 1, held: 0 }, 2: { remaining: 5, held: 0 } });
  });

  test('what an admin has refunded is not refunded again by the silence of the doctor in the model', () => {
    const actions = [grant(1, 5), start(0, policy), write(2, 'patient'), refund(15, 1)];
    const result = walk(40, ...actions, refund(30, 1), refund(30, 2), refund(30, 3));

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 10, grant 1 has 4 left',
      'refund 1 of session 1: null at 15, grant 1 has 5 left',
      'charge 2 of session 1: interval at 20, grant 1 has 4 left',
      'refund 2 of session 1: doctor_no_response at 25, grant 1 has 5 left',
    ]);
    expect(result.outcomes.slice(-3)).toEqual([
      'charge_already_refunded',
      'charge_already_refunded',
      'charge_not_found',
    ]);
  });

  test.each([
    ['before the patient', 1, 'active, 3 used'],
    ['one second before the deadline', 24, 'active, 3 used'],
    ['at the deadline', 25, 'doctor_no_response at 25, 0 used'],
  ])('in the model a doctor who wrote %s, at second %i, leaves the session: %s', (_, doctorAt, expected) => {
    const messages = [write(2, 'patient'), write(doctorAt, 'doctor')].sort((a, b) => a.at - b.at);

    expect(standing(walk(30, grant(1, 9), start(0, policy), ...messages))).toBe(expected);
  });

  test('a block that completes in the instant of the doctor deadline is not charged in the model', () => {
    const atBoundary = { ...SHORT, doctorResponseSeconds: 18 };
    const result = walk(40, grant(1, 5), start(0, atBoundary), write(2, 'patient'));

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 10, grant 1 has 4 left',
      'refund 1 of session 1: doctor_no_response at 20, grant 1 has 5 left',
    ]);
  });
});

describe('the naive model: the longest session', () => {
  test.each([
    [4, 'max_duration at 4, 1 used'],
    [10, 'max_duration at 10, 1 used'],
    [20, 'max_duration at 20, 2 used'],
    [25, 'max_duration at 25, 3 used'],
  ])('with a longest session of %i seconds the model says: %s', (maxDurationSeconds, expected) => {
    const result = walk(60, grant(1, 5), start(0, { ...SHORT, maxDurationSeconds }), write(1, 'doctor'));

    expect(standing(result)).toBe(expected);
    expect(result.grants[1]?.held).toBe(0);
  });

  test('in the model the block cut short by the longest session is charged with that reason', () => {
    const policy = { ...SHORT, maxDurationSeconds: 15 };

    expect(moves(walk(60, grant(1, 5), start(0, policy), write(1, 'doctor')))).toEqual([
      'charge 1 of session 1: interval at 10, grant 1 has 4 left',
      'charge 2 of session 1: max_duration at 15, grant 1 has 3 left',
    ]);
  });
});
