/**
 * The model is only worth something if it is right, so every expectation here was worked out by hand from the
 * rules and the scenarios, not from a run. Rules R3, R4, R6, R16.
 */
import { describe, expect, test } from 'vitest';

import type { LedgerEntry } from '../../../src/audit/reference-model/naive-types.ts';
import {
  adminEnd,
  CLINIC,
  end,
  grant,
  MINUTE,
  moves,
  SHORT,
  standing,
  start,
  walk,
  write,
} from './script.ts';

describe('the naive model: blocks, ends and the balance', () => {
  test.each([
    [8, 1],
    [12, 2],
    [25, 3],
    [35, 4],
  ])('in the model an end after %i minutes costs %i', (minutes, units) => {
    const at = minutes * MINUTE;
    const result = walk(at, grant(1, 6), start(0, CLINIC), write(MINUTE, 'patient'), end(at));

    expect(standing(result)).toBe(`manual_end at ${at}, ${units} used`);
    expect(result.grants[1]).toEqual({ remaining: 6 - units, held: 0 });
  });

  test('the model writes a full ledger line for the grant and for every charge', () => {
    const result = walk(30, grant(1, 5), start(0, SHORT), write(1, 'doctor'), end(25));

    expect(result.outcomes).toEqual(['ok', 'ok', 'ok', 'ok']);
    const charge = { grantId: 1, sessionId: 1, kind: 'charge', units: -1 } as const;
    expect(result.ledger).toEqual([
      {
        grantId: 1,
        sessionId: null,
        kind: 'grant',
        reason: null,
        units: 5,
        intervalNo: null,
        effectiveAt: 0,
        balanceAfter: 5,
      },
      { ...charge, reason: 'interval', intervalNo: 1, effectiveAt: 10, balanceAfter: 4 },
      { ...charge, reason: 'interval', intervalNo: 2, effectiveAt: 20, balanceAfter: 3 },
      { ...charge, reason: 'manual_end', intervalNo: 3, effectiveAt: 25, balanceAfter: 2 },
    ] satisfies LedgerEntry[]);
    expect(result.sessions[1]).toEqual({
      isActive: false,
      startedAt: 0,
      endedAt: 25,
      endReason: 'manual_end',
      sessionsUsed: 3,
      hasPatientActivity: false,
      hasDoctorActivity: true,
      lastActivityAt: 1,
      lowBalanceAt: [],
    });
  });

  test.each([
    [0, 0],
    [1, 1],
    [9, 1],
    [10, 1],
    [11, 2],
    [19, 2],
    [20, 2],
    [21, 3],
  ])('in the model an end %i seconds into ten-second blocks costs %i', (at, units) => {
    const actions = [grant(1, 5), start(0, SHORT), write(0, 'patient'), end(at)];

    expect(standing(walk(40, ...actions))).toBe(`manual_end at ${at}, ${units} used`);
  });

  test.each([
    [3, 0],
    [4, 1],
    [10, 1],
    [13, 1],
    [14, 2],
  ])('with a grace of 3 seconds the model bills an end at %i with %i', (at, units) => {
    const policy = { ...SHORT, endGraceSeconds: 3 };
    const result = walk(at, grant(1, 5), start(0, policy), write(1, 'patient'), end(at));

    expect(standing(result)).toBe(`manual_end at ${at}, ${units} used`);
    expect(result.grants[1]).toEqual({ remaining: 5 - units, held: 0 });
  });

  test('the model counts blocks from a start that is not a round number', () => {
    const result = walk(60, grant(1, 5), start(7, SHORT), write(9, 'patient'), end(28));

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 17, grant 1 has 4 left',
      'charge 2 of session 1: interval at 27, grant 1 has 3 left',
      'charge 3 of session 1: manual_end at 28, grant 1 has 2 left',
    ]);
  });

  test('with three units and nobody to look the model takes rows at 10, 20, 30 minutes and ends there', () => {
    const result = walk(55 * MINUTE, grant(1, 3), start(0, CLINIC), write(MINUTE, 'patient'));

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 600, grant 1 has 2 left',
      'charge 2 of session 1: interval at 1200, grant 1 has 1 left',
      'charge 3 of session 1: interval at 1800, grant 1 has 0 left',
    ]);
    expect(standing(result)).toBe('balance_exhausted at 1800, 3 used');
  });

  test('in the model the last unit lasts to its boundary and not a second longer', () => {
    const messages = [write(1, 'doctor'), write(19, 'patient'), write(20, 'patient')];
    const result = walk(30, grant(1, 2), start(0, SHORT), ...messages, end(20));

    expect(result.outcomes).toEqual(['ok', 'ok', 'ok', 'ok', 'session_ended', 'ok']);
    expect(standing(result)).toBe('balance_exhausted at 20, 2 used');
    expect(result.sessions[1]?.lastActivityAt).toBe(19);
    expect(result.grants[1]).toEqual({ remaining: 0, held: 0 });
  });

  test('two hundred messages in eleven minutes make one interval charge in the model', () => {
    const messages = Array.from({ length: 200 }, (_, i) => write(3 * i + 3, i % 2 ? 'patient' : 'doctor'));
    const result = walk(11 * MINUTE, grant(1, 5), start(0, CLINIC), ...messages);

    expect(moves(result)).toEqual(['charge 1 of session 1: interval at 600, grant 1 has 4 left']);
    expect(result.sessions[1]?.lastActivityAt).toBe(600);
    expect(result.grants[1]).toEqual({ remaining: 4, held: 1 });
  });

  test('the model ends a session once, and a second end is ok and changes nothing', () => {
    const first = [grant(1, 5), start(0, SHORT), write(1, 'patient'), end(12)];
    const again = walk(60, ...first, end(12), end(15), adminEnd(16, true), write(17, 'doctor'));

    expect(again.outcomes.slice(4)).toEqual(['ok', 'ok', 'ok', 'session_ended']);
    expect({ ...again, outcomes: [] }).toEqual({ ...walk(60, ...first), outcomes: [] });
    expect(standing(again)).toBe('manual_end at 12, 2 used');
  });

  test.each([
    [0, true, 1],
    [0, false, 0],
    [4, true, 1],
    [9, false, 0],
    [10, true, 2],
    [10, false, 1],
    [13, true, 2],
  ])('in the model an admin end at %i with charge %s costs %i, whatever the grace', (at, charge, units) => {
    const policy = { ...SHORT, endGraceSeconds: 5 };
    const result = walk(40, grant(1, 5), start(0, policy), write(0, 'doctor'), adminEnd(at, charge));

    expect(standing(result)).toBe(`admin_end at ${at}, ${units} used`);
    expect(result.grants[1]).toEqual({ remaining: 5 - units, held: 0 });
  });

  test('a block charged by an admin at its boundary follows the interval charge in the model', () => {
    const result = walk(40, grant(1, 5), start(0, SHORT), write(0, 'doctor'), adminEnd(10, true));

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 10, grant 1 has 4 left',
      'charge 2 of session 1: admin_end at 10, grant 1 has 3 left',
    ]);
  });
});

describe('the naive model: what it will not walk', () => {
  test.each([
    ['actions out of order', [grant(1, 1, { at: 5 }), start(4, SHORT)]],
    ['an action after the last second', [grant(1, 1, { at: 41 })]],
    ['half an instant', [grant(1, 1, { at: 0.5 })]],
    ['a grant made twice', [grant(1, 1), grant(1, 1)]],
    ['a negative grant', [grant(1, -1)]],
    ['first activity after the first boundary', [start(0, { ...SHORT, firstActivitySeconds: 11 })]],
    ['an interval of nothing', [start(0, { ...SHORT, intervalSeconds: 0 })]],
    ['one session of two patients', [grant(1, 1), start(0, SHORT, 1, 7), start(1, SHORT, 1, 8)]],
  ])('the model throws for %s', (_, actions) => {
    expect(() => walk(40, ...actions)).toThrow(RangeError);
  });
});
