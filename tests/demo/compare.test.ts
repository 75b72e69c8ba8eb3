import { describe, expect, test } from 'vitest';
import { fixtureOf } from '../../tools/demo/scenario.ts';
import { compare } from '../../tools/demo/compare.ts';
import type { Found, Verdict } from '../../tools/demo/compare.ts';
import { conclude, reportScenario } from '../../tools/demo/report.ts';
import { SIDE_BY_SIDE, WORKER_AWAY } from '../../tools/demo/scenarios.ts';
import type { Paint } from '../../tools/kit/table.ts';
import { START_MS, faultless, instantsOf } from './found.ts';

const scenario = SIDE_BY_SIDE.find(({ title }) => title === 'The balance runs out') ?? WORKER_AWAY;
const plain: Paint = (_tone, text) => text;

function judge(found: Found, complaints: readonly string[] = []): Verdict {
  return compare(fixtureOf(scenario, 1), { instants: instantsOf(scenario), complaints }, found);
}

/** The faultless answer, with one entry of its ledger changed. */
function withEntry(index: number, change: Partial<Found['ledger'][number]>): Found {
  const found = faultless(scenario);
  const entry = found.ledger[index];
  if (entry === undefined) throw new Error(`the ledger has no entry ${index}`);
  return { ...found, ledger: found.ledger.with(index, { ...entry, ...change }) };
}

function withStatus(change: Partial<Found['status']>): Found {
  const found = faultless(scenario);
  return { ...found, status: { ...found.status, ...change } };
}

function exitCodeOf(verdict: Verdict): number {
  return conclude([judge(faultless(scenario)), verdict], plain).exitCode;
}

describe('the comparison of the demo', () => {
  test('finds nothing in a ledger that is what the rules say, and the demo exits with 0', () => {
    const verdict = judge(faultless(scenario));

    expect(verdict.differences).toEqual([]);
    expect(exitCodeOf(verdict)).toBe(0);
  });

  test('finds a row that is missing, shows it, and the demo exits with 1', () => {
    const found = faultless(scenario);
    const verdict = judge({ ...found, ledger: found.ledger.slice(0, -1) });

    expect(verdict.differences).toEqual([
      'missing: charge of block 2 (interval) in grant 11, units -1, due +4.000',
    ]);
    expect(exitCodeOf(verdict)).toBe(1);
    expect(reportScenario(verdict, plain).join('\n')).toMatch(/^ +2 {2}interval +11 +-1 +\+4\.000 +none$/m);
  });

  test('finds a row that was made by hand, shows it, and the demo exits with 1', () => {
    const found = faultless(scenario);
    const third = {
      kind: 'charge',
      reason: 'interval',
      block: 3,
      grantId: 11,
      units: -1,
      dueMs: START_MS + 6_000,
      recordedMs: START_MS + 6_000,
      left: -1,
    };
    const verdict = judge({ ...found, ledger: [...found.ledger, third] });

    expect(verdict.differences).toEqual([
      'not in the rules: charge of block 3 (interval) in grant 11, units -1, due +6.000',
    ]);
    expect(exitCodeOf(verdict)).toBe(1);
    expect(reportScenario(verdict, plain).join('\n')).toMatch(
      /^ +3 {2}interval +11 +none +-1 +\+6\.000 +0 ms$/m,
    );
  });

  test('finds one block that was charged twice', () => {
    const found = faultless(scenario);
    const twice = found.ledger.flatMap((entry) => (entry.block === 1 ? [entry, entry] : [entry]));

    expect(judge({ ...found, ledger: twice }).differences).toEqual([
      'not in the rules: charge of block 1 (interval) in grant 11, units -1, due +2.000',
    ]);
  });

  test.each([
    ['units', { units: -2 }, 'units -1 by the rules, -2 in the ledger'],
    [
      'an instant that is one millisecond off',
      { dueMs: START_MS + 2_001 },
      'due +2.000 by the rules, +2.001',
    ],
    ['a balance', { left: 2 }, 'units left 1 by the rules, 2 in the ledger'],
    [
      'a time of writing before the due time',
      { recordedMs: START_MS + 1_999 },
      'written 1 ms before it was due',
    ],
  ])('finds %s that is wrong, and the demo exits with 1', (_what, change, words) => {
    const verdict = judge(withEntry(1, change));

    expect(verdict.differences).toHaveLength(1);
    expect(verdict.differences[0]).toContain(words);
    expect(exitCodeOf(verdict)).toBe(1);
  });

  test.each([
    ['block', { block: 3 }],
    ['reason', { reason: 'manual_end' }],
    ['grant', { grantId: 12 }],
    ['kind', { kind: 'adjustment' }],
  ])('takes an entry with another %s for a missing one and one too many', (_what, change) => {
    const { differences } = judge(withEntry(2, change));

    expect(differences.map((words) => words.split(':')[0])).toEqual(['missing', 'not in the rules']);
  });

  test.each([
    ['end reason', { end_reason: 'manual_end' }, 'end: balance_exhausted by the rules, manual_end by'],
    ['end', { ended_at: new Date(START_MS + 4_001).toISOString() }, 'ended: +4.000 by the rules, +4.001 by'],
    ['number of units used', { sessions_used: 3 }, 'units used: 2 by the rules, 3 by'],
    ['number of units left', { remaining_sessions: 1 }, 'units left: 0 by the rules, 1 by'],
  ])('finds a session whose %s is wrong', (_what, change, words) => {
    const verdict = judge(withStatus(change));

    expect(verdict.differences).toHaveLength(1);
    expect(verdict.differences[0]).toContain(words);
    expect(exitCodeOf(verdict)).toBe(1);
  });

  test('finds a session that never ended', () => {
    const { differences } = judge(withStatus({ is_ended: false, ended_at: null, end_reason: null }));

    expect(differences).toEqual([
      "end: balance_exhausted by the rules, none by the session's status",
      "ended: +4.000 by the rules, never by the session's status",
    ]);
  });

  test('counts what the recorder complains of among the differences', () => {
    const verdict = judge(faultless(scenario), ['the server dates its own way']);

    expect(verdict.differences).toEqual(['the server dates its own way']);
    expect(exitCodeOf(verdict)).toBe(1);
  });

  test('refuses to compare with an instant that nothing has happened at', () => {
    expect(() =>
      compare(fixtureOf(scenario, 1), { instants: new Map(), complaints: [] }, faultless(scenario)),
    ).toThrow('the rules count from "start", which has not happened');
  });
});
