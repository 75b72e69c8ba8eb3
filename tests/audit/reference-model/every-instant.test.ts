/**
 * The naive model skips the instants at which nothing can happen. Here it is held against itself looking at every
 * one, and milliseconds against seconds: the figures are the same, only finer.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { runNaiveModel, runOverEveryInstant } from '../../../src/audit/reference-model/naive-model.ts';
import type { Action, ModelInput, ModelResult } from '../../../src/audit/reference-model/naive-types.ts';
import { grant, SHORT, start, write } from './script.ts';
import { timelineArbitrary } from './timelines.ts';

describe('the walk of the naive model', () => {
  test('walking from deadline to deadline is not different from looking at every second', () => {
    fc.assert(
      fc.property(timelineArbitrary, (timeline) => {
        expect(runNaiveModel(timeline)).toEqual(runOverEveryInstant(timeline));
      }),
      { numRuns: 3000 },
    );
  });

  test('a timeline told in milliseconds ends as the same one told in seconds', () => {
    fc.assert(
      fc.property(timelineArbitrary, (timeline) => {
        const inMs = runNaiveModel(millisecondsOf(timeline));
        expect(resultInMs(runNaiveModel(timeline))).toEqual(inMs);
      }),
      { numRuns: 1000 },
    );
  });

  test('looking at every millisecond finds the same as walking, also between two seconds', () => {
    const policy = { ...SHORT, intervalSeconds: 0.011, firstActivitySeconds: 0.007, idleSeconds: 0.017 };
    const actions = [grant(1, 3), start(3, policy), write(9, 'patient')];
    const input = { from: 0, until: 60, instantsPerSecond: 1000, actions };

    expect(runNaiveModel(input)).toEqual(runOverEveryInstant(input));
    expect(runNaiveModel(input).sessions[1]).toMatchObject({ endedAt: 26, endReason: 'idle_timeout' });
  });

  test('the naive model will not walk a policy that is finer than its instants', () => {
    const policy = { ...SHORT, intervalSeconds: 10.5 };

    expect(() => runNaiveModel({ from: 0, until: 9, actions: [start(0, policy)] })).toThrow(RangeError);
  });
});

const inMs = (at: number | null): number | null => (at === null ? null : at * 1000);

function millisecondsOf({ from, until, actions }: ModelInput): ModelInput {
  return {
    from: from * 1000,
    until: until * 1000,
    instantsPerSecond: 1000,
    actions: actions.map((action): Action => {
      const at = action.at * 1000;
      return action.kind === 'grant' || action.kind === 'set_validity'
        ? { ...action, at, startsAt: action.startsAt * 1000, expiresAt: inMs(action.expiresAt) }
        : { ...action, at };
    }),
  };
}

const resultInMs = (result: ModelResult): ModelResult => ({
  ...result,
  ledger: result.ledger.map((entry) => ({ ...entry, effectiveAt: entry.effectiveAt * 1000 })),
  sessions: Object.fromEntries(
    Object.entries(result.sessions).map(([id, session]) => [
      id,
      {
        ...session,
        startedAt: session.startedAt * 1000,
        endedAt: inMs(session.endedAt),
        lastActivityAt: inMs(session.lastActivityAt),
        lowBalanceAt: session.lowBalanceAt.map((at) => at * 1000),
      },
    ]),
  ),
});
