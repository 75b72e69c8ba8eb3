/**
 * The model is only worth something if it is right, so every expectation here was worked out by hand from the
 * rules and the scenarios, not from a run. Rule R3.
 */
import { describe, expect, test } from 'vitest';

import {
  adjust,
  CLINIC,
  end,
  grant,
  MINUTE,
  moves,
  refund,
  SHORT,
  standing,
  start,
  walk,
  write,
} from './script.ts';

describe('the naive model: which grant pays', () => {
  test('in the model block 0 comes from A that expires at minute 15, the rest from B', () => {
    const result = walk(
      30 * MINUTE,
      grant(1, 1, { expiresAt: 15 * MINUTE }),
      grant(2, 5),
      start(0, CLINIC),
      write(MINUTE, 'patient'),
      end(25 * MINUTE),
      refund(26 * MINUTE, 1),
      refund(26 * MINUTE, 3),
    );

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 600, grant 1 has 0 left',
      'charge 2 of session 1: interval at 1200, grant 2 has 4 left',
      'charge 3 of session 1: manual_end at 1500, grant 2 has 3 left',
      'refund 1 of session 1: null at 1560, grant 1 has 1 left',
      'refund 3 of session 1: null at 1560, grant 2 has 4 left',
    ]);
    expect(standing(result)).toBe('manual_end at 1500, 1 used');
  });

  test('the model empties grants by earliest expiry, then lowest id, and those without expiry last', () => {
    const result = walk(
      40,
      grant(1, 1),
      grant(2, 1, { expiresAt: 100 }),
      grant(4, 1, { expiresAt: 50 }),
      grant(3, 1, { expiresAt: 50 }),
      start(0, SHORT),
      write(1, 'patient'),
    );

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 10, grant 3 has 0 left',
      'charge 2 of session 1: interval at 20, grant 4 has 0 left',
      'charge 3 of session 1: interval at 30, grant 2 has 0 left',
      'charge 4 of session 1: interval at 40, grant 1 has 0 left',
    ]);
    expect(standing(result)).toBe('balance_exhausted at 40, 4 used');
  });

  test('a hold is honoured in the model although its grant expires inside the block', () => {
    const result = walk(30, grant(1, 3, { expiresAt: 5 }), start(4, SHORT), write(5, 'patient'));

    expect(moves(result)).toEqual(['charge 1 of session 1: interval at 14, grant 1 has 2 left']);
    expect(standing(result)).toBe('balance_exhausted at 14, 1 used');
  });

  test.each([
    [10, 2],
    [11, 1],
  ])(
    'a grant that expires at %i leaves the block that begins at 10 to grant %i in the model',
    (at, payer) => {
      const result = walk(
        20,
        grant(1, 2, { expiresAt: at }),
        grant(2, 2),
        start(0, SHORT),
        write(1, 'patient'),
      );

      expect(moves(result)[1]).toBe(
        `charge 2 of session 1: interval at 20, grant ${payer} has ${payer - 1} left`,
      );
    },
  );

  test.each([
    [9, 'active, 1 used'],
    [10, 'balance_exhausted at 10, 1 used'],
  ])('a top-up at second %i of the last block leaves the model with: %s', (at, expected) => {
    const result = walk(19, grant(1, 1), start(0, SHORT), write(1, 'patient'), grant(2, 1, { at }));

    expect(standing(result)).toBe(expected);
  });

  test('the model extends a session by an adjustment before the boundary too', () => {
    const actions = [grant(1, 1), start(0, SHORT), write(1, 'patient'), adjust(9, 1)];

    expect(standing(walk(19, ...actions))).toBe('active, 1 used');
    expect(standing(walk(20, ...actions))).toBe('balance_exhausted at 20, 2 used');
  });

  test('the accounts of two patients do not touch one another in the model', () => {
    const result = walk(
      15,
      grant(1, 1, { patientId: 7 }),
      grant(2, 3, { patientId: 8 }),
      start(0, SHORT, 1, 7),
      start(0, SHORT, 2, 8),
      write(1, 'patient', 1),
      write(1, 'patient', 2),
    );

    expect(standing(result, 1)).toBe('balance_exhausted at 10, 1 used');
    expect(standing(result, 2)).toBe('active, 1 used');
    expect(result.grants).toEqual({ 1: { remaining: 0, held: 0 }, 2: { remaining: 2, held: 1 } });
  });
});
