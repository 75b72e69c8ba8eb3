import { describe, expect, test } from 'vitest';
import { whatHappened } from '../../web/src/session/what-happened.ts';
import { at, block, event, message, session } from './drawn-session.ts';

const told = (changes: Parameters<typeof session>[0]) =>
  whatHappened(session(changes)).map(({ at: when, what }) => `${when.slice(11, 16)} ${what}`);

describe('what happened in a session, in words', () => {
  test('tells in the order of time of blocks, messages, units, the warning and the end', () => {
    const unit = (no: number) => ({ interval_no: no, grant_id: 11, reason: 'interval', units: 1 });
    expect(
      told({
        events: [
          event('started', 0, { actor_role: 'patient', actor_id: 7 }),
          message(1, 'patient'),
          message(2, 'doctor'),
          message(3, 'doctor'),
          event('deduction', 10, { data: unit(1) }),
          event('low_balance', 10),
          event('deduction', 20, { data: unit(2) }),
          event('ended', 20, { data: { reason: 'balance_exhausted' } }),
        ],
      }),
    ).toEqual([
      '09:00 The session started',
      '09:00 Block 1 began, with a unit of grant 11 held for it',
      '09:01 1 message of patient 7 and 2 of doctor 21 in block 1',
      '09:10 The unit of block 1 was taken from grant 11',
      '09:10 Block 2 began, with a unit of grant 11 held for it',
      '09:10 Warning: the last unit began',
      '09:20 The unit of block 2 was taken from grant 11',
      '09:20 The session ended: no unit was left',
    ]);
  });

  test('tells of a block that cost nothing, and of a unit that was given back', () => {
    const rows = told({
      ended_at: at(14),
      blocks: [
        block(1, { state: 'refunded' }),
        block(2, { state: 'released', ends_at: at(14), effective_at: null, recorded_at: null }),
      ],
      events: [
        event('ended', 14, { data: { reason: 'doctor_no_response' } }),
        event('refund', 14, { data: { interval_no: 1, grant_id: 11 } }),
      ],
    });
    expect(rows.slice(-3)).toEqual([
      '09:14 The unit of block 1 was given back to grant 11',
      '09:14 Block 2 cost nothing: its unit was free again',
      '09:14 The session ended: the doctor did not answer',
    ]);
  });

  test('says when something was written that was written late, and of nothing else', () => {
    const rows = whatHappened(
      session({
        events: [
          event('deduction', 10, { recorded_at: at(55), data: { interval_no: 1, grant_id: 11 } }),
          event('deduction', 20, { recorded_at: at(20.01), data: { interval_no: 2, grant_id: 11 } }),
        ],
      }),
    );
    expect(rows.filter(({ lateUntil }) => lateUntil !== null)).toMatchObject([
      { what: 'The unit of block 1 was taken from grant 11', lateUntil: at(55), who: 'The engine' },
    ]);
  });

  test('says what is due and not written yet', () => {
    const rows = whatHappened(session({ blocks: [block(1, { recorded_at: null })] }));
    expect(rows.filter(({ isUnwritten }) => isUnwritten)).toMatchObject([
      { at: at(10), what: 'The unit of block 1 is due from grant 11' },
    ]);
  });
});
