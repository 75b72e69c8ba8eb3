import { describe, expect, test } from 'vitest';
import { timelineModel } from '../../web/src/session/timeline-model.ts';
import { at, block, event, message, ms, session } from './drawn-session.ts';

describe('the drawing of a session', () => {
  test('of one that has ended goes to its end, and draws the whole of the block in which that was', () => {
    const drawn = timelineModel(
      session({
        ended_at: at(14),
        blocks: [block(1), block(2, { ends_at: at(14), effective_at: at(14) })],
      }),
    );
    expect(drawn).toMatchObject({ untilMs: ms(14), endMs: ms(14), nowMs: null });
    expect(drawn.blocks[1]).toMatchObject({ no: 2, endMs: ms(14), boundaryMs: ms(20), chargedMs: ms(14) });
  });

  test('of one that goes on reaches to the end of its block in progress, and has a now', () => {
    const held = block(2, { state: 'held', effective_at: null, recorded_at: null });
    const drawn = timelineModel(
      session({ ended_at: null, is_active: true, server_time: at(13), blocks: [block(1), held] }),
    );
    expect(drawn).toMatchObject({ untilMs: ms(20), endMs: null, nowMs: ms(13) });
    expect(drawn.blocks.map(({ outcome, endMs }) => [outcome, endMs])).toEqual([
      ['charged', ms(10)],
      ['held', ms(13)],
    ]);
  });

  test('has a tick for each message, and none for anything else', () => {
    const events = [
      event('started', 0, { actor_role: 'patient', actor_id: 7 }),
      message(1, 'patient'),
      message(2, 'doctor'),
      event('deduction', 10),
    ];
    expect(timelineModel(session({ events })).messages).toEqual([
      { atMs: ms(1), by: 'patient' },
      { atMs: ms(2), by: 'doctor' },
    ]);
  });

  test('has one tick for a first message, which is an activity in the log as well', () => {
    const events = [
      event('activity', 1, { actor_role: 'patient', actor_id: 7, data: { role: 'patient' } }),
      message(1, 'patient'),
    ];
    expect(timelineModel(session({ events })).messages).toEqual([{ atMs: ms(1), by: 'patient' }]);
  });

  test('shows a unit that was given back, and one that was taken back after that', () => {
    const blocks = [
      block(1, { state: 'refunded' }),
      block(2, { state: 'refunded' }),
      block(3, { state: 'released', effective_at: null, recorded_at: null }),
    ];
    const refund = (interval_no: number, is_taken_back: boolean) => ({
      entry_id: 100 + interval_no,
      kind: 'refund' as const,
      interval_no,
      is_taken_back,
      takes_back: null,
      effective_at: at(50),
      grant_id: 11,
      actor_role: 'admin' as const,
      actor_id: 3,
    });
    const drawn = timelineModel(session({ blocks, ledger: [refund(1, false), refund(2, true)] }));
    expect(drawn.blocks.map(({ outcome }) => outcome)).toEqual(['given_back', 'taken_back', 'released']);
  });

  test('shows each instant at which something was written more than two seconds late, once', () => {
    const late = (type: 'deduction' | 'ended', due: number, written: number) =>
      event(type, due, { recorded_at: at(written) });
    const events = [
      late('deduction', 10, 55),
      late('deduction', 20, 55),
      late('ended', 20, 55),
      late('deduction', 30, 30 + 2 / 60),
    ];
    expect(timelineModel(session({ events })).late).toEqual([
      { dueMs: ms(10), writtenMs: ms(55) },
      { dueMs: ms(20), writtenMs: ms(55) },
    ]);
  });

  test('shows what is due and not written at all, where nobody writes it', () => {
    const blocks = [block(1, { recorded_at: null }), block(2, { state: 'held', effective_at: null })];
    const open = { blocks, ended_at: null, is_active: true };
    expect(timelineModel(session({ ...open, server_time: at(10 + 1 / 60) })).late).toEqual([]);
    expect(timelineModel(session({ ...open, server_time: at(13) })).late).toEqual([
      { dueMs: ms(10), writtenMs: null },
    ]);
  });
});
