/** A fault that is planted is found, made small, and told so that a person can follow it. */
import { describe, expect, test } from 'vitest';
import type { DatabaseBug } from '../../tools/kit/memory-database/bug.ts';
import { makePlan } from '../../tools/simulation/plan/make-plan.ts';
import { shrink } from '../../tools/simulation/shrink.ts';
import { simulate } from '../../tools/simulation/world/simulate.ts';

/** The first seed that finds it, among the first few hundred. */
async function found(bug: DatabaseBug) {
  for (let seed = 1; seed <= 500; seed += 1) {
    const plan = makePlan(seed);
    const { failure } = await simulate(plan, bug);
    if (failure !== null) return { plan, failure };
  }
  throw new Error(`nobody noticed ${bug}`);
}

describe('a database that no longer locks accounts', () => {
  test('is found out, with a plan that is a small part of the first', async () => {
    const { plan, failure } = await found('no_account_lock');
    const smallest = await shrink(plan, failure.kind, 'no_account_lock');

    expect(smallest.steps.length).toBeLessThan(plan.steps.length / 2);
    expect((await simulate(smallest, 'no_account_lock')).failure?.kind).toBe(failure.kind);
    expect((await simulate(smallest)).failure).toBeNull();
  });

  test('fails in the same way each time its plan is told', async () => {
    const { plan } = await found('no_account_lock');
    const first = await simulate(plan, 'no_account_lock');

    expect((await simulate(plan, 'no_account_lock')).hash).toBe(first.hash);
  });
});

describe('a database that keeps one policy for all sessions', () => {
  test('is found out by the model', async () => {
    const { failure } = await found('policy_not_kept_per_session');

    expect(['model', 'answer']).toContain(failure.kind);
  });
});

describe('a plan of nothing', () => {
  test('ends well', async () => {
    expect((await simulate({ ...makePlan(1), steps: [] })).failure).toBeNull();
  });
});
