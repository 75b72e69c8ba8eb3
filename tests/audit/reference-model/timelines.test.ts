/** Do the random timelines reach every corner of the rules? Asked of one fixed sample, so the answer is stable. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { runNaiveModel } from '../../../src/audit/reference-model/naive-model.ts';
import type {
  EndReason,
  LedgerEntry,
  ModelResult,
  Refusal,
} from '../../../src/audit/reference-model/naive-types.ts';
import { accountOf, timelineArbitrary, type Timeline } from './timelines.ts';

const SAMPLE = { seed: 20_261_122, numRuns: 4000 };

const END_REASONS = {
  balance_exhausted: true,
  no_activity: true,
  manual_end: true,
  admin_end: true,
  idle_timeout: true,
  doctor_no_response: true,
  max_duration: true,
} satisfies Record<EndReason, true>;

const CHARGE_REASONS = ['interval', 'no_activity', 'manual_end', 'admin_end', 'idle_timeout', 'max_duration'];

const REFUSALS = {
  no_active_subscription: true,
  insufficient_sessions: true,
  session_active: true,
  session_ended: true,
  no_active_session: true,
  grant_not_found: true,
  zero_units: true,
  units_in_use: true,
  charge_not_found: true,
  charge_already_refunded: true,
  refund_not_found: true,
  refund_already_taken_back: true,
} satisfies Record<Refusal, true>;

describe('random timelines', () => {
  const timelines = fc.sample(timelineArbitrary, SAMPLE);
  const walked = timelines.map((timeline) => ({ timeline, result: runNaiveModel(timeline) }));

  const times = (happensIn: (result: ModelResult, timeline: Timeline) => boolean) =>
    walked.filter(({ result, timeline }) => happensIn(result, timeline)).length;

  test.each(Object.keys(END_REASONS))('random timelines end sessions for %s', (reason) => {
    const found = times(({ sessions }) => Object.values(sessions).some((s) => s.endReason === reason));

    expect(found).toBeGreaterThan(100);
  });

  test.each(CHARGE_REASONS)('random timelines charge for %s', (reason) => {
    const found = times(({ ledger }) => ledger.some((e) => e.kind === 'charge' && e.reason === reason));

    expect(found).toBeGreaterThan(50);
  });

  test('random timelines charge for no other reason than these', () => {
    const reasons = walked.flatMap(({ result }) => chargesOf(result).map(({ reason }) => reason));

    expect(new Set(reasons)).toEqual(new Set(CHARGE_REASONS));
  });

  test.each(Object.keys(REFUSALS))('random timelines are refused for %s', (refusal) => {
    expect(times(({ outcomes }) => outcomes.some((outcome) => outcome === refusal))).toBeGreaterThan(100);
  });

  test('random timelines leave some sessions active at their last second', () => {
    expect(times(({ sessions }) => Object.values(sessions).some((s) => s.isActive))).toBeGreaterThan(20);
  });

  test('random timelines have refunds by an admin, during the session and after, and by the rules', () => {
    const refund = (fits: (entry: LedgerEntry, endedAt: number) => boolean) =>
      times(({ ledger, sessions }) =>
        ledger.some((entry) => {
          const endedAt = sessions[entry.sessionId ?? 0]?.endedAt ?? Infinity;
          return entry.kind === 'refund' && fits(entry, endedAt);
        }),
      );

    expect(refund((entry) => entry.reason === 'doctor_no_response')).toBeGreaterThan(50);
    expect(refund((entry, endedAt) => entry.reason === null && entry.effectiveAt < endedAt)).toBeGreaterThan(
      50,
    );
    expect(refund((entry, endedAt) => entry.reason === null && entry.effectiveAt > endedAt)).toBeGreaterThan(
      50,
    );
  });

  test('random timelines have accounts with several active sessions, and sessions paid by several grants', () => {
    const twoActive = times(({ sessions }) => {
      const all = Object.entries(sessions);
      return all.some(([id, session]) =>
        all.some(
          ([otherId, other]) =>
            id !== otherId &&
            accountOf(Number(id)) === accountOf(Number(otherId)) &&
            other.startedAt >= session.startedAt &&
            other.startedAt < (session.endedAt ?? Infinity),
        ),
      );
    });
    const twoGrants = times((result) =>
      Object.keys(result.sessions).some(
        (id) =>
          new Set(chargesOf(result).flatMap((e) => (e.sessionId === Number(id) ? [e.grantId] : []))).size > 1,
      ),
    );
    const sameInstant = times((result) => {
      const instants = chargesOf(result).map((e) => `${accountOf(e.grantId)} ${e.effectiveAt}`);
      return new Set(instants).size < instants.length;
    });

    expect(twoActive).toBeGreaterThan(500);
    expect(twoGrants).toBeGreaterThan(100);
    expect(sameInstant).toBeGreaterThan(100);
  });

  test('random timelines are what an engine can be given', () => {
    for (const { timeline } of walked) expectWellFormed(timeline);
  });
});

function chargesOf(result: ModelResult): LedgerEntry[] {
  return result.ledger.filter(({ kind }) => kind === 'charge');
}

function expectWellFormed({ from, until, actions, settleAt }: Timeline): void {
  for (const instants of [actions.map(({ at }) => at), settleAt]) {
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    expect(instants.every((at) => at >= from && at <= until)).toBe(true);
  }
  expect(until).toBeLessThanOrEqual(150);
  const grants = actions.filter((action) => action.kind === 'grant');
  expect(new Set(grants.map(({ grantId }) => grantId)).size).toBe(grants.length);
  expect(grants.every(({ startsAt, expiresAt }) => startsAt < (expiresAt ?? Infinity))).toBe(true);
  for (const patientId of [1, 2])
    expect(grants.filter((grant) => grant.patientId === patientId).length).toBeLessThanOrEqual(4);

  const sessionIds = actions.flatMap((action) => (action.kind === 'start' ? [action.sessionId] : []));
  const ids = new Set([11, 12, 13, 21, 22, 23]);
  expect(sessionIds.filter((id) => !ids.has(id))).toEqual([]);
}
