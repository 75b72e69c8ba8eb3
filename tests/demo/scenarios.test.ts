/**
 * What the demo says that the rules say was worked out by hand. Here the naive model works it out once more; it
 * knows neither the engine nor the demo.
 */
import { describe, expect, test } from 'vitest';
import { compare, instantOf } from '../../tools/demo/compare.ts';
import { fixtureOf } from '../../tools/demo/scenario.ts';
import { DOCTOR_RESPONSE_SECONDS, INTERVAL_SECONDS, POLICY_SETTINGS } from '../../tools/demo/services.ts';
import { SIDE_BY_SIDE, WORKER_AWAY } from '../../tools/demo/scenarios.ts';
import type { Scenario, Step } from '../../tools/demo/scenario.ts';
import { readConfig } from '../../src/config.ts';
import { runNaiveModel } from '../../src/audit/reference-model/naive-model.ts';
import type {
  Action,
  LedgerEntry as ModelEntry,
  ModelResult,
  Policy,
} from '../../src/audit/reference-model/naive-types.ts';
import { faultless, instantsOf } from './found.ts';

const SCENARIOS = [...SIDE_BY_SIDE, WORKER_AWAY];

/** The model counts whole steps: here a tenth of a second each. */
const STEP_MS = 100;
const START_MS = 1_000;
const UNTIL_MS = 20_000;
const steps = (ms: number): number => ms / STEP_MS;

const POLICY: Policy = {
  intervalSeconds: steps(INTERVAL_SECONDS * 1_000),
  firstActivitySeconds: steps(INTERVAL_SECONDS * 1_000),
  noActivityUnits: 1,
  endGraceSeconds: 0,
  idleSeconds: null,
  doctorResponseSeconds: steps(DOCTOR_RESPONSE_SECONDS * 1_000),
  maxDurationSeconds: null,
};

const grant = (atMs: number, grantId: number, units: number): Action => ({
  at: steps(atMs),
  kind: 'grant',
  grantId,
  patientId: 1,
  units,
  startsAt: steps(atMs),
  expiresAt: null,
});

function actionsOf(step: Step): Action[] {
  const at = steps(START_MS + step.atMs);
  switch (step.kind) {
    case 'write':
      return [{ at, kind: 'write', sessionId: 1, role: step.by }];
    case 'end':
      return [{ at, kind: 'end', sessionId: 1, by: step.by }];
    case 'top_up':
      return [grant(START_MS + step.atMs, 2, step.units)];
    case 'ask_for_deduction':
      return [];
  }
}

function runModel(scenario: Scenario): ModelResult {
  return runNaiveModel({
    from: 0,
    until: steps(UNTIL_MS),
    actions: [
      grant(START_MS - 200, 1, scenario.units),
      { at: steps(START_MS), kind: 'start', sessionId: 1, patientId: 1, policy: POLICY },
      ...scenario.steps.flatMap(actionsOf),
    ],
  });
}

const omitSession = ({
  kind,
  reason,
  intervalNo,
  grantId,
  units,
  effectiveAt,
  balanceAfter,
}: ModelEntry) => ({
  kind,
  reason,
  intervalNo,
  grantId,
  units,
  effectiveAt,
  balanceAfter,
});

/** The same scenario, with every step as late as it may come. */
const asLateAsCanBe = (scenario: Scenario): Scenario => ({
  ...scenario,
  steps: scenario.steps.map((step) => ({ ...step, atMs: step.beforeMs - STEP_MS })),
});

describe('the scenarios of the demo', () => {
  test.each(
    SCENARIOS.flatMap((scenario) => [
      { title: scenario.title, when: 'each step comes when it should', scenario },
      { title: scenario.title, when: 'each step comes as late as it may', scenario: asLateAsCanBe(scenario) },
    ]),
  )('"$title" expects what the naive model says when $when', ({ scenario }) => {
    const { expected } = scenario;
    const instants = instantsOf(scenario, START_MS);
    const model = runModel(scenario);

    expect(model.outcomes.every((outcome) => outcome === 'ok')).toBe(true);
    expect(
      expected.ledger.map(({ due, reason, kind, grant: which, block, units, left }) => ({
        kind,
        reason: kind === 'grant' ? null : reason,
        intervalNo: block,
        grantId: which === 'first' ? 1 : 2,
        units,
        effectiveAt: steps(instantOf(due, instants)),
        balanceAfter: left,
      })),
    ).toEqual(model.ledger.map(omitSession));
    expect(model.sessions[1]).toMatchObject({
      endReason: expected.end.reason,
      endedAt: steps(instantOf(expected.end.due, instants)),
      sessionsUsed: expected.unitsUsed,
    });
    expect(Object.values(model.grants).reduce((sum, { remaining }) => sum + remaining, 0)).toBe(
      expected.unitsLeft,
    );
  });

  test.each(SCENARIOS)('"$title" agrees with a ledger that holds just what it expects', (scenario) => {
    const fixture = fixtureOf(scenario, 1);
    const recorded = { instants: instantsOf(scenario), complaints: [] };

    expect(compare(fixture, recorded, faultless(scenario)).differences).toEqual([]);
  });

  test.each(SCENARIOS)(
    '"$title" has its steps in the order of time, each under a name of its own',
    ({ steps: own }) => {
      expect(own.map(({ atMs }) => atMs)).toEqual(own.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
      expect(new Set(['bought', 'start', ...own.map(({ name }) => name)]).size).toBe(own.length + 2);
      expect(own.every(({ atMs, beforeMs }) => atMs < beforeMs)).toBe(true);
    },
  );

  test('the scenarios share no person, no appointment and no subscription', () => {
    const ids = SCENARIOS.flatMap((scenario, index) => {
      const { people, grantIds } = fixtureOf(scenario, index + 1);
      return [people.patient, people.doctor, grantIds.first, grantIds.second];
    });

    expect(new Set(ids).size).toBe(SCENARIOS.length * 4);
  });

  test('the demo runs under intervals of two seconds and three seconds for the doctor, and defaults else', () => {
    const outcome = readConfig({
      ...POLICY_SETTINGS,
      DATABASE_URL: 'postgresql://nowhere',
      JWT_SECRET: '-'.repeat(32),
    });

    expect(outcome).toMatchObject({
      kind: 'config',
      config: {
        policy: {
          intervalMs: 2_000,
          firstActivityMs: 2_000,
          noActivityUnits: 1,
          endGraceMs: 0,
          idleMs: null,
          doctorResponseMs: 3_000,
          maxDurationMs: null,
        },
      },
    });
  });
});
