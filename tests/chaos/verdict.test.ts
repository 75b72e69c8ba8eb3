import { describe, expect, test } from 'vitest';
import type { EntryRow } from '../../tools/chaos/check/records.ts';
import { expectedCharges } from '../../tools/chaos/check/charges.ts';
import type { Acknowledged } from '../../tools/chaos/load/journal.ts';
import { IDLE_MS, INTERVAL_MS } from '../../tools/chaos/rig/policy.ts';
import { judge, type Verdict } from '../../tools/chaos/check/verdict.ts';
import { records, incident, session, START_MS } from './made-up-records.ts';

const NAMES = ['kill-api', 'kill-worker'];
const judgeRecords = (
  changed: Partial<typeof records> = {},
  lines: readonly Acknowledged[] = [],
  keys: readonly string[] = [],
): Verdict => judge(NAMES, [incident], { ...records, ...changed }, { lines, keys: new Set(keys) }, []);

const without = (id: number): readonly EntryRow[] => records.entries.filter((entry) => entry.id !== id);
const entry = (id: number): EntryRow => {
  const found = records.entries.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`there is no entry ${id}`);
  return found;
};

describe('the verdict over a chaos run', () => {
  test('finds nothing in records that are right, and tells lateness and recovery by fault', () => {
    const verdict = judgeRecords();
    expect(verdict.differences).toEqual([]);
    expect(verdict.rows).toEqual([
      {
        fault: 'kill-worker',
        times: 1,
        lost: 0,
        doubled: 0,
        longestLatenessMs: 1_200,
        recoveryMs: { median: 2_050, longest: 2_050 },
        during: 0.8,
        afterToBefore: 0.98,
      },
    ]);
  });

  test('finds a lost deduction, names it, and blames the fault in whose time it was due', () => {
    const verdict = judgeRecords({ entries: without(3) });
    expect(verdict.rows[0]).toMatchObject({ fault: 'kill-worker', lost: 1, doubled: 0 });
    expect(verdict.differences[0]).toBe(
      'session 1: the deduction for block 2, due 2026-01-01T00:00:06.000Z, is lost (during fault 4, kill-worker)',
    );
  });

  test('finds a doubled deduction, names it, and blames the fault in whose time it was due', () => {
    const verdict = judgeRecords({ entries: [...records.entries, { ...entry(3), id: 9, balanceAfter: 6 }] });
    expect(verdict.rows[0]).toMatchObject({ fault: 'kill-worker', lost: 0, doubled: 1 });
    expect(verdict.differences[0]).toBe(
      'session 1: the deduction for block 2, due 2026-01-01T00:00:06.000Z, is doubled (during fault 4, kill-worker)',
    );
  });

  test('blames no fault for what was due in peace', () => {
    const verdict = judgeRecords({ entries: without(2) });
    expect(verdict.rows[0]).toMatchObject({ lost: 0 });
    expect(verdict.inPeace).toEqual({ lost: 1, doubled: 0 });
    expect(verdict.differences[0]).toContain('(due in peace)');
  });

  test('finds a deduction that is dated when somebody looked instead of when it was due', () => {
    const late = { ...entry(3), effectiveMs: entry(3).recordedMs };
    const entries = records.entries.map((one) => (one.id === 3 ? late : one));
    expect(judgeRecords({ entries }).rows[0]).toMatchObject({ lost: 1, doubled: 1 });
  });

  test('finds a deduction for a block that never was', () => {
    const entries = [...records.entries, { ...entry(4), id: 9, intervalNo: 4, balanceAfter: 6 }];
    expect(judgeRecords({ entries }).differences[0]).toContain('block 4');
  });

  test('finds a balance that is not the sum of its entries, and one that was below zero', () => {
    expect(judgeRecords({ grants: [{ id: 5, remaining: 8, held: 1, holds: 0 }] }).differences).toEqual([
      'grant 5 has 8, its entries say 7',
      'grant 5 has 1 held, its sessions hold 0',
    ]);
    const poor = records.entries.map((one) => ({ ...one, ...(one.id === 1 ? { units: 2 } : {}) }));
    expect(judgeRecords({ entries: poor }).differences).toContain('grant 5 is at -1 after entry 4');
  });

  test('finds a session that was quiet too long, or went on although nobody wrote', () => {
    const endedMs = START_MS + IDLE_MS + 5_000;
    const quiet = { ...session, lastActivityMs: START_MS + 1_000, endedMs };
    expect(judgeRecords({ sessions: [quiet] }).differences.join()).toContain('was quiet for 11000 ms');
    const silent = { ...session, lastActivityMs: null };
    expect(judgeRecords({ sessions: [silent] }).differences.join()).toContain('although nobody wrote');
  });

  test('says so where something did not recover, or a process did not end as it should', () => {
    const bad = { ...incident, recoveredMs: null, problems: ['worker-1 ended with 1'] };
    expect(judge(NAMES, [bad], records, { lines: [], keys: new Set() }, ['and more']).differences).toEqual([
      'fault 4, kill-worker: it did not recover in time',
      'fault 4, kill-worker: worker-1 ended with 1',
      'and more',
    ]);
  });
});

describe('what was acknowledged', () => {
  const endedMs = session.endedMs ?? 0;
  const right: readonly Acknowledged[] = [
    { kind: 'appointment', appointmentId: 11, patientId: 1 },
    { kind: 'subscription', grantId: 5, units: 10 },
    { kind: 'start', appointmentId: 11, sessionId: 1, startMs: START_MS },
    { kind: 'activity', sessionId: 1, lastActivityMs: START_MS + 100 },
    { kind: 'end', sessionId: 1, endedMs, reason: 'manual_end', units: 1, unitsUsed: 3 },
  ];

  test('is found in records that hold it', () => {
    expect(judgeRecords({}, right).differences).toEqual([]);
  });

  test.each([
    ['an appointment is lost', { kind: 'appointment', appointmentId: 12, patientId: 1 }],
    ['a subscription is lost', { kind: 'subscription', grantId: 6, units: 1 }],
    ['a start is lost', { kind: 'start', appointmentId: 11, sessionId: 1, startMs: START_MS + 1 }],
    ['an activity is lost', { kind: 'activity', sessionId: 1, lastActivityMs: endedMs }],
    [
      'a message is lost',
      { kind: 'message', sessionId: 1, messageNo: 1, clientMessageId: 'a', sentMs: START_MS },
    ],
    ['an end is lost', { kind: 'end', sessionId: 1, endedMs, reason: 'admin_end', units: 1, unitsUsed: 3 }],
    ['a top_up is lost', { kind: 'top_up', entryId: 9, grantId: 5, units: 2, key: 'k' }],
    ['a refund is lost', { kind: 'refund', entryId: 9, sessionId: 1, intervalNo: 1, key: 'k' }],
  ] as const)('and is not there is reported as it was acknowledged: %s', (words, line) => {
    const [difference] = judgeRecords({}, [line]).differences;
    expect(difference).toBe(`${words}; acknowledged as ${JSON.stringify(line)}`);
  });

  test('once and is there twice is reported, and so is a correction that was never asked for', () => {
    const topUp = { ...entry(1), kind: 'adjustment', units: 1, key: 'k' };
    const entries = [
      ...records.entries,
      { ...topUp, id: 8, balanceAfter: 8 },
      { ...topUp, id: 9, balanceAfter: 9 },
    ];
    const grants = [{ id: 5, remaining: 9, held: 0, holds: 0 }];
    expect(judgeRecords({ entries, grants }, [], ['k']).differences).toEqual([
      'entry 9 is a second correction under the key k',
    ]);
    expect(
      judgeRecords({ entries: entries.slice(0, 5), grants: [{ id: 5, remaining: 8, held: 0, holds: 0 }] })
        .differences,
    ).toEqual(['entry 8 is a correction that was never asked for']);
  });
});

describe('what a session must cost', () => {
  const at = (ms: number, changed: Partial<typeof session>): number =>
    expectedCharges({ ...session, endedMs: START_MS + ms, ...changed }).length;

  test.each([
    ['manual_end', 1, 1],
    ['manual_end', INTERVAL_MS, 1],
    ['manual_end', INTERVAL_MS + 1, 2],
    ['manual_end', 0, 0],
    ['no_activity', INTERVAL_MS, 1],
    ['balance_exhausted', 4 * INTERVAL_MS, 4],
  ])('%s after %d ms costs %d', (endReason, ms, units) => {
    expect(at(ms, { endReason, lastActivityMs: null })).toBe(units);
  });

  test('counts the block in progress of an idle session only if somebody wrote in it', () => {
    const ends = START_MS + IDLE_MS;
    const reason = { endReason: 'idle_timeout' };
    expect(at(IDLE_MS, { ...reason, lastActivityMs: START_MS })).toBe(2);
    expect(at(IDLE_MS, { ...reason, lastActivityMs: ends - 500 })).toBe(3);
  });

  test('counts the block in progress of a session that the office ended only if the office said so', () => {
    expect(at(INTERVAL_MS + 1, { endReason: 'admin_end', endUnits: 0 })).toBe(1);
    expect(at(INTERVAL_MS + 1, { endReason: 'admin_end', endUnits: 1 })).toBe(2);
    expect(at(INTERVAL_MS, { endReason: 'admin_end', endUnits: 0 })).toBe(1);
    expect(at(INTERVAL_MS, { endReason: 'admin_end', endUnits: 1 })).toBe(2);
    expect(at(INTERVAL_MS, { endReason: 'manual_end' })).toBe(1);
  });
});
