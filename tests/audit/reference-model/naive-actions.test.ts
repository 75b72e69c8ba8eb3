/**
 * The model is only worth something if it is right, so every expectation here was worked out by hand from the
 * rules and the scenarios, not from a run. Rules R2, R13, R15.
 */
import { describe, expect, test } from 'vitest';

import {
  adjust,
  adminEnd,
  end,
  grant,
  moves,
  refund,
  SHORT,
  standing,
  start,
  walk,
  write,
} from './script.ts';

describe('the naive model: start', () => {
  test('the model refuses a start without a grant, before its time, after its time, or with none left', () => {
    const result = walk(
      60,
      start(1, SHORT),
      grant(1, 2, { at: 2, startsAt: 10, expiresAt: 20 }),
      start(9, SHORT),
      start(20, SHORT),
      grant(2, 0, { at: 21 }),
      start(22, SHORT),
      adjust(23, 1, 2),
      start(24, SHORT),
    );

    expect(result.outcomes).toEqual([
      'no_active_subscription',
      'ok',
      'no_active_subscription',
      'no_active_subscription',
      'ok',
      'insufficient_sessions',
      'ok',
      'ok',
    ]);
    expect(result.sessions[1]?.startedAt).toBe(24);
  });

  test('the model starts at the very instant a grant begins', () => {
    const result = walk(10, grant(1, 2, { startsAt: 10, expiresAt: 20 }), start(10, SHORT));

    expect(standing(result)).toBe('active, 0 used');
    expect(result.grants[1]).toEqual({ remaining: 2, held: 1 });
    expect(result.sessions[1]?.lastActivityAt).toBeNull();
  });

  test('in the model two sessions cannot share one unit, and a released unit can be used again', () => {
    const result = walk(
      30,
      grant(1, 1),
      start(0, SHORT, 1),
      start(1, SHORT, 2),
      adminEnd(2, false, 1),
      start(2, SHORT, 3),
      start(3, SHORT, 2),
    );

    expect(result.outcomes).toEqual([
      'ok',
      'ok',
      'insufficient_sessions',
      'ok',
      'ok',
      'insufficient_sessions',
    ]);
    expect(Object.keys(result.sessions)).toEqual(['1', '3']);
  });

  test('the model tells an active session from an ended one when it is started again', () => {
    const other = { ...SHORT, intervalSeconds: 4, firstActivitySeconds: 2 };
    const result = walk(
      60,
      grant(1, 5),
      start(0, SHORT),
      start(0, other),
      write(3, 'patient'),
      start(7, other),
      end(12),
      start(12, SHORT),
      start(40, SHORT),
    );

    expect(result.outcomes).toEqual([
      'ok',
      'ok',
      'session_active',
      'ok',
      'session_active',
      'ok',
      'session_ended',
      'session_ended',
    ]);
    expect(standing(result)).toBe('manual_end at 12, 2 used');
  });

  test('the model knows nothing of a session that was never started', () => {
    const result = walk(9, grant(1, 1), write(1, 'patient'), end(2), adminEnd(3, true), refund(4, 1));

    expect(result.outcomes.slice(1)).toEqual([
      'no_active_session',
      'no_active_session',
      'no_active_session',
      'charge_not_found',
    ]);
    expect(result.sessions).toEqual({});
  });
});

describe('the naive model: corrections', () => {
  test('the model refuses an adjustment of nothing, of no grant, and below what is held', () => {
    const result = walk(
      9,
      adjust(0, 1),
      grant(1, 2),
      start(0, SHORT),
      adjust(1, 0),
      adjust(2, -2),
      adjust(3, -1),
      adjust(4, -1),
      adjust(5, 3),
    );

    expect(result.outcomes).toEqual([
      'grant_not_found',
      'ok',
      'ok',
      'zero_units',
      'units_in_use',
      'ok',
      'units_in_use',
      'ok',
    ]);
    expect(result.ledger.map(({ kind, units, balanceAfter }) => [kind, units, balanceAfter])).toEqual([
      ['grant', 2, 2],
      ['adjustment', -1, 1],
      ['adjustment', 3, 4],
    ]);
    expect(result.grants[1]).toEqual({ remaining: 4, held: 1 });
  });

  test('in the model a unit refunded while the session runs pays for a later block of it', () => {
    const result = walk(40, grant(1, 2), start(0, SHORT), write(1, 'patient'), refund(15, 1));

    expect(moves(result)).toEqual([
      'charge 1 of session 1: interval at 10, grant 1 has 1 left',
      'refund 1 of session 1: null at 15, grant 1 has 2 left',
      'charge 2 of session 1: interval at 20, grant 1 has 1 left',
      'charge 3 of session 1: interval at 30, grant 1 has 0 left',
    ]);
    expect(standing(result)).toBe('balance_exhausted at 30, 2 used');
  });

  test('in the model a unit refunded to an expired grant pays for nothing', () => {
    const actions = [grant(1, 1, { expiresAt: 12 }), grant(2, 1), start(0, SHORT), write(1, 'patient')];
    const result = walk(40, ...actions, refund(15, 1));

    expect(standing(result)).toBe('balance_exhausted at 20, 1 used');
    expect(result.grants).toEqual({ 1: { remaining: 1, held: 0 }, 2: { remaining: 0, held: 0 } });
  });

  test('the model refunds a charge once, also long after the end, and never one that does not exist', () => {
    const actions = [grant(1, 5), start(0, SHORT), write(1, 'patient'), refund(9, 1), end(12)];
    const result = walk(40, ...actions, refund(30, 2), refund(31, 2), refund(32, 3));

    expect(result.outcomes.slice(3)).toEqual([
      'charge_not_found',
      'ok',
      'ok',
      'charge_already_refunded',
      'charge_not_found',
    ]);
    expect(standing(result)).toBe('manual_end at 12, 1 used');
  });
});
