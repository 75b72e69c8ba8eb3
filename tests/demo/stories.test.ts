/**
 * What the demo says that the rules say was worked out by hand. Here the naive model works it out once more; it
 * knows neither the engine nor the demo.
 */
import { describe, expect, test } from 'vitest';
import { compare, instantOf } from '../../tools/demo/compare.ts';
import { castStory } from '../../tools/demo/casting.ts';
import { DOCTOR_RESPONSE_SECONDS, INTERVAL_SECONDS, POLICY_SETTINGS } from '../../tools/demo/policy.ts';
import { SIDE_BY_SIDE, WORKER_AWAY } from '../../tools/demo/stories/all.ts';
import type { Act, Story } from '../../tools/demo/story.ts';
import { readConfig } from '../../src/config.ts';
import { runNaiveModel } from '../../src/audit/reference-model/naive-model.ts';
import type {
  Action,
  LedgerEntry as ModelEntry,
  ModelResult,
  Policy,
} from '../../src/audit/reference-model/naive-types.ts';
import { faultless, instantsOf } from './found.ts';

const STORIES = [...SIDE_BY_SIDE, WORKER_AWAY];

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

function actionsOf(act: Act): Action[] {
  const at = steps(START_MS + act.atMs);
  switch (act.kind) {
    case 'write':
      return [{ at, kind: 'write', sessionId: 1, role: act.by }];
    case 'end':
      return [{ at, kind: 'end', sessionId: 1, by: act.by }];
    case 'top_up':
      return [grant(START_MS + act.atMs, 2, act.units)];
    case 'ask_for_deduction':
      return [];
  }
}

function runModel(story: Story): ModelResult {
  return runNaiveModel({
    from: 0,
    until: steps(UNTIL_MS),
    actions: [
      grant(START_MS - 200, 1, story.units),
      { at: steps(START_MS), kind: 'start', sessionId: 1, patientId: 1, policy: POLICY },
      ...story.acts.flatMap(actionsOf),
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

/** The same story, with every act as late as it may come. */
const asLateAsCanBe = (story: Story): Story => ({
  ...story,
  acts: story.acts.map((act) => ({ ...act, atMs: act.beforeMs - STEP_MS })),
});

describe('the stories of the demo', () => {
  test.each(
    STORIES.flatMap((story) => [
      { title: story.title, when: 'each act comes when it should', story },
      { title: story.title, when: 'each act comes as late as it may', story: asLateAsCanBe(story) },
    ]),
  )('"$title" expects what the naive model says when $when', ({ story }) => {
    const { rules } = story;
    const instants = instantsOf(story, START_MS);
    const model = runModel(story);

    expect(model.outcomes.every((outcome) => outcome === 'ok')).toBe(true);
    expect(
      rules.ledger.map(({ due, reason, kind, grant: which, block, units, left }) => ({
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
      endReason: rules.end.reason,
      endedAt: steps(instantOf(rules.end.due, instants)),
      sessionsUsed: rules.unitsUsed,
    });
    expect(Object.values(model.grants).reduce((sum, { remaining }) => sum + remaining, 0)).toBe(
      rules.unitsLeft,
    );
  });

  test.each(STORIES)('"$title" agrees with a ledger that holds just what it expects', (story) => {
    const casting = castStory(story, 1);
    const witnessed = { instants: instantsOf(story), complaints: [] };

    expect(compare(casting, witnessed, faultless(story)).differences).toEqual([]);
  });

  test.each(STORIES)(
    '"$title" has its acts in the order of time, each under a name of its own',
    ({ acts }) => {
      expect(acts.map(({ atMs }) => atMs)).toEqual(acts.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
      expect(new Set(['bought', 'start', ...acts.map(({ name }) => name)]).size).toBe(acts.length + 2);
      expect(acts.every(({ atMs, beforeMs }) => atMs < beforeMs)).toBe(true);
    },
  );

  test('the stories share no person, no appointment and no subscription', () => {
    const ids = STORIES.flatMap((story, index) => {
      const { people, grantIds } = castStory(story, index + 1);
      return [people.patient, people.doctor, grantIds.first, grantIds.second];
    });

    expect(new Set(ids).size).toBe(STORIES.length * 4);
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
