/**
 * The model is only worth something if it is right, so every expectation here was worked out by hand from the
 * rules and the scenarios, not from a run. Rules R11 and R12.
 */
import { describe, expect, test } from 'vitest';

import type { Policy } from '../../../src/audit/reference-model/naive-types.ts';
import { end, grant, moves, SHORT, standing, start, walk, write } from './script.ts';

describe('the naive model: everything at the same instant', () => {
  const everything: Policy = { ...SHORT, idleSeconds: 10, maxDurationSeconds: 10 };

  test('in the model a silent doctor comes before capture, idleness, the longest session and exhaustion', () => {
    const policy = { ...everything, doctorResponseSeconds: 10 };
    const result = walk(20, grant(1, 1), start(0, policy), write(0, 'patient'));

    expect(moves(result)).toEqual([]);
    expect(standing(result)).toBe('doctor_no_response at 10, 0 used');
  });

  test('in the model no activity comes before capture, idleness, the longest session and exhaustion', () => {
    const result = walk(20, grant(1, 1), start(0, everything));

    expect(moves(result)).toEqual(['charge 1 of session 1: no_activity at 10, grant 1 has 0 left']);
    expect(standing(result)).toBe('no_activity at 10, 1 used');
  });

  test('in the model the capture comes before idleness, and idleness before the rest', () => {
    const result = walk(20, grant(1, 1), start(0, everything), write(0, 'doctor'));

    expect(moves(result)).toEqual(['charge 1 of session 1: interval at 10, grant 1 has 0 left']);
    expect(standing(result)).toBe('idle_timeout at 10, 1 used');
  });

  test('in the model idleness comes before the longest session, and so spares an empty block', () => {
    const policy = { ...SHORT, idleSeconds: 10, maxDurationSeconds: 15 };
    const result = walk(20, grant(1, 5), start(0, policy), write(5, 'doctor'));

    expect(standing(result)).toBe('idle_timeout at 15, 1 used');
  });

  test('in the model the longest session comes before exhaustion', () => {
    const policy = { ...SHORT, maxDurationSeconds: 10 };
    const result = walk(20, grant(1, 1), start(0, policy), write(5, 'doctor'));

    expect(standing(result)).toBe('max_duration at 10, 1 used');
  });

  test('of two sessions due at once the lower id gets the last unit in the model', () => {
    const result = walk(
      15,
      grant(1, 3),
      start(0, SHORT, 2),
      start(0, SHORT, 1),
      write(1, 'patient', 1),
      write(1, 'patient', 2),
    );

    expect(standing(result, 1)).toBe('active, 1 used');
    expect(standing(result, 2)).toBe('balance_exhausted at 10, 1 used');
  });

  test('of two sessions due one after the other the earlier boundary gets the last unit in the model', () => {
    const result = walk(
      15,
      grant(1, 3),
      start(0, SHORT, 2),
      start(3, SHORT, 1),
      write(4, 'patient', 1),
      write(4, 'patient', 2),
    );

    expect(standing(result, 1)).toBe('balance_exhausted at 13, 1 used');
    expect(standing(result, 2)).toBe('active, 1 used');
  });

  test.each([
    [1, 2, 'active, 1 used'],
    [2, 1, 'balance_exhausted at 10, 1 used'],
  ])(
    'a hold that session %i gives up is there for session %i in the same instant only by id order in the model',
    (silentId, talkingId, expected) => {
      const result = walk(
        15,
        grant(1, 2),
        start(0, { ...SHORT, noActivityUnits: 0 }, silentId),
        start(0, SHORT, talkingId),
        write(1, 'patient', talkingId),
      );

      expect(standing(result, silentId)).toBe('no_activity at 10, 0 used');
      expect(standing(result, talkingId)).toBe(expected);
    },
  );

  test('actions of one instant follow its deadlines, in the order given, in the model', () => {
    const before = [grant(1, 2), start(0, SHORT, 1), write(1, 'patient', 1)];

    const endFirst = walk(12, ...before, end(10, 1), start(10, SHORT, 2));
    expect(endFirst.outcomes.slice(-2)).toEqual(['ok', 'ok']);
    const startFirst = walk(12, ...before, start(10, SHORT, 2), end(10, 1));
    expect(startFirst.outcomes.slice(-2)).toEqual(['insufficient_sessions', 'ok']);
  });
});
