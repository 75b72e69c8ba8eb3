/** The promises that hold whatever happens, asked of the naive model on random timelines. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { runNaiveModel } from '../../../src/audit/reference-model/naive-model.ts';
import type { LedgerEntry, ModelResult } from '../../../src/audit/reference-model/naive-types.ts';
import { accountOf, timelineArbitrary, type Timeline } from './timelines.ts';

describe('the naive model on random timelines', () => {
  test('in the model holds stay between nothing and the balance, one for each active session', () => {
    checkEverywhere((result) => {
      for (const grant of Object.values(result.grants)) {
        expect(grant.held).toBeGreaterThanOrEqual(0);
        expect(grant.remaining).toBeGreaterThanOrEqual(grant.held);
      }
      const held = Object.values(result.grants).reduce((sum, grant) => sum + grant.held, 0);
      expect(held).toBe(Object.values(result.sessions).filter(({ isActive }) => isActive).length);
    });
  });

  test('in the model the ledger adds up at every entry, never below zero, in the order of time', () => {
    checkEverywhere((result) => {
      const balances = new Map<number, number>();
      let previousAt = 0;
      for (const entry of result.ledger) {
        const balance = (balances.get(entry.grantId) ?? 0) + entry.units;
        balances.set(entry.grantId, balance);
        expect(entry.balanceAfter).toBe(balance);
        expect(balance).toBeGreaterThanOrEqual(0);
        expect(entry.effectiveAt).toBeGreaterThanOrEqual(previousAt);
        previousAt = entry.effectiveAt;
      }
      for (const [grantId, balance] of balances) expect(result.grants[grantId]?.remaining).toBe(balance);
    });
  });

  test('in the model a block is charged once at most and a charge refunded once at most', () => {
    checkEverywhere((result) => {
      const charged = chargesOf(result).map(blockOf);
      const refunded = result.ledger.filter(({ kind }) => kind === 'refund').map(blockOf);
      expect(new Set(charged).size).toBe(charged.length);
      expect(new Set(refunded).size).toBe(refunded.length);
      expect(charged).toEqual(expect.arrayContaining(refunded));
      const used = Object.values(result.sessions).reduce((sum, s) => sum + s.sessionsUsed, 0);
      expect(used).toBe(charged.length - refunded.length);
    });
  });

  test('in the model blocks are charged one after the other, and only inside the session', () => {
    checkEverywhere((result) => {
      for (const [id, session] of Object.entries(result.sessions)) {
        const charges = chargesOf(result).filter(({ sessionId }) => sessionId === Number(id));
        expect(charges.map(({ intervalNo }) => intervalNo)).toEqual(charges.map((_, i) => i + 1));
        for (const { effectiveAt } of charges) {
          expect(effectiveAt).toBeGreaterThanOrEqual(session.startedAt);
          expect(effectiveAt).toBeLessThanOrEqual(session.endedAt ?? Infinity);
        }
      }
    });
  });

  test('in the model what has ended, and what is written in the ledger, stays as it is', () => {
    fc.assert(
      fc.property(timelineArbitrary, (timeline) => {
        const later = runNaiveModel(timeline);
        for (const until of timeline.settleAt) {
          const earlier = runNaiveModel(cutAt(timeline, until));
          expect(later.ledger.slice(0, earlier.ledger.length)).toEqual(earlier.ledger);
          expect(later.outcomes.slice(0, earlier.outcomes.length)).toEqual(earlier.outcomes);
          for (const [id, session] of Object.entries(earlier.sessions)) {
            if (session.isActive) continue;
            const { sessionsUsed } = later.sessions[Number(id)] ?? {};
            expect({ ...later.sessions[Number(id)] }).toEqual({ ...session, sessionsUsed });
            expect(sessionsUsed).toBeLessThanOrEqual(session.sessionsUsed);
          }
        }
      }),
    );
  });

  test('in the model an account comes out the same when the other patient does not exist', () => {
    fc.assert(
      fc.property(timelineArbitrary, fc.constantFrom(1, 2), (timeline, patientId) => {
        const isOurs = (id: number) => accountOf(id) === patientId;
        const actions = timeline.actions.filter((action) =>
          isOurs('sessionId' in action ? action.sessionId : action.grantId),
        );
        const alone = runNaiveModel({ ...timeline, actions });
        const together = runNaiveModel(timeline);
        expect(together.ledger.filter(({ grantId }) => isOurs(grantId))).toEqual(alone.ledger);
        expect(together.sessions).toMatchObject(alone.sessions);
        expect(together.grants).toMatchObject(alone.grants);
      }),
    );
  });
});

/** At the end of every timeline, and at each of its settle instants on the way. */
function checkEverywhere(check: (result: ModelResult) => void): void {
  fc.assert(
    fc.property(timelineArbitrary, (timeline) => {
      for (const until of [...timeline.settleAt, timeline.until])
        check(runNaiveModel(cutAt(timeline, until)));
    }),
    { numRuns: 500 },
  );
}

function cutAt(timeline: Timeline, until: number): Timeline {
  return { ...timeline, until, actions: timeline.actions.filter(({ at }) => at <= until) };
}

function chargesOf(result: ModelResult): LedgerEntry[] {
  return result.ledger.filter(({ kind }) => kind === 'charge');
}

function blockOf({ sessionId, intervalNo }: LedgerEntry): string {
  return `block ${intervalNo} of session ${sessionId}`;
}
