import { type Found, instantOf, type LedgerEntry } from '../../tools/demo/compare.ts';
import { type Fixture, fixtureOf, type Scenario } from '../../tools/demo/scenario.ts';

/** When the session of every example starts. */
export const START_MS = Date.parse('2026-11-01T09:00:00.000Z');

/** The instants of a scenario that was run to the millisecond. */
export function instantsOf(scenario: Scenario, startMs = START_MS): Map<string, number> {
  return new Map([
    ['bought', startMs - 200],
    ['start', startMs],
    ...scenario.steps.map(({ name, atMs }): [string, number] => [name, startMs + atMs]),
  ]);
}

/** What a product without fault would answer, each entry written 5 ms after it was due. */
export function faultless(scenario: Scenario, fixture: Fixture = fixtureOf(scenario, 1)): Found {
  const instants = instantsOf(scenario);
  const { expected } = scenario;
  return {
    ledger: expected.ledger.map(({ grant, due, ...entry }): LedgerEntry => {
      const dueMs = instantOf(due, instants);
      return { ...entry, grantId: fixture.grantIds[grant], dueMs, recordedMs: dueMs + 5 };
    }),
    status: {
      is_ended: true,
      ended_at: new Date(instantOf(expected.end.due, instants)).toISOString(),
      end_reason: expected.end.reason,
      session_id: 1,
      sessions_used: expected.unitsUsed,
      remaining_sessions: expected.unitsLeft,
    },
  };
}
