import { describe, expect, test } from 'vitest';
import { timelineModel } from '../../web/src/session/timeline-model.ts';
import { TAIL_WIDTH, timelineRows } from '../../web/src/session/timeline-rows.ts';
import { at, block, event, message, ms, session } from './drawn-session.ts';

const TELEPHONE = 320;
const DESK = 1200;
const long = (count: number, changes: Parameters<typeof session>[0] = {}) =>
  timelineModel(
    session({
      ended_at: at(count * 10),
      blocks: Array.from({ length: count }, (_, index) => block(index + 1)),
      ...changes,
    }),
  );

describe('the rows of the drawing', () => {
  test('hold twelve blocks beside each other on a desk, and four to a row on a telephone', () => {
    const counts = (width: number) => timelineRows(long(12), width).map(({ blocks }) => blocks.length);
    expect(counts(DESK)).toEqual([12]);
    expect(counts(TELEPHONE)).toEqual([4, 4, 4]);
  });

  test('are filled evenly, and a block is as wide in each', () => {
    const rows = timelineRows(long(9), TELEPHONE);
    expect(rows.map(({ blocks }) => blocks.length)).toEqual([3, 3, 3]);
    expect(new Set(rows.map(({ width }) => width)).size).toBe(1);
  });

  test('never reach further than there is room', () => {
    for (const count of [1, 2, 3, 7, 12, 31])
      for (const width of [TELEPHONE, 343, 768, DESK])
        for (const row of timelineRows(long(count), width)) expect(row.width).toBeLessThanOrEqual(width);
  });

  test('put an instant where its time is, from the left edge to the right one', () => {
    const [row] = timelineRows(long(2), DESK);
    if (row === undefined) throw new Error('no row');
    expect([row.x(ms(0)), row.x(ms(10)), row.x(ms(20))]).toEqual([0, row.width / 2, row.width]);
  });

  test('have each message in one row, also one at the boundary between two, and one at the very end', () => {
    const model = long(8, {
      events: [message(40, 'patient'), message(5, 'doctor'), message(80, 'patient')],
    });
    const found = timelineRows(model, TELEPHONE).map(({ messages }) => messages.map(({ atMs }) => atMs));
    expect(found).toEqual([[ms(5)], [ms(40), ms(80)]]);
  });

  test('lead what was written after the end into a part of its own, through every row between', () => {
    const model = long(8, { events: [event('deduction', 10, { recorded_at: at(130) })] });
    const rows = timelineRows(model, TELEPHONE);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.map(({ late }) => late.map(({ isBegun, isWritten }) => [isBegun, isWritten]))).toEqual([
      [[true, false]],
      ...rows.slice(2).map(() => [[false, false]]),
      [[false, true]],
    ]);
    const last = rows.at(-1);
    expect(last?.width).toBeGreaterThan(TAIL_WIDTH);
    expect(last?.late[0]?.toX).toBeGreaterThan(last?.x(ms(80)) ?? Infinity);
  });

  test('end it where it was written, where that was within the session', () => {
    const model = long(4, { events: [event('deduction', 10, { recorded_at: at(25) })] });
    const [row] = timelineRows(model, DESK);
    expect(row?.late).toMatchObject([{ isBegun: true, isWritten: true, toX: row?.x(ms(25)) }]);
  });
});
