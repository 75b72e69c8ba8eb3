/** Makes a failing plan smaller: leaves out what it can while the same kind of thing still goes wrong. */
import type { FailureKind } from './check/judge.ts';
import type { DatabaseBug } from '../kit/memory-database/bug.ts';
import type { Plan, Step } from './plan/plan.ts';
import { simulate } from './world/simulate.ts';

/** A limit on the runs: a plan that is a little too long is better than a wait. */
const MAX_RUNS = 600;

/** Fails as the plan does, with as few steps as were found to be enough. */
export async function shrink(plan: Plan, kind: FailureKind, bug: DatabaseBug | null = null): Promise<Plan> {
  let runs = 0;
  const stillFails = async (candidate: Plan): Promise<boolean> => {
    runs += 1;
    return runs <= MAX_RUNS && (await simulate(candidate, bug)).failure?.kind === kind;
  };
  let smallest = plan;
  const plainer: readonly Partial<Plan>[] = [
    { delays: 'none' },
    { maxBatchSize: 256, maxBatchesUnderWay: 2 },
    { sweep: { ...plan.sweep, limit: 200 } },
    { startWindowMs: null },
    { earlyStartMs: 0 },
  ];
  for (const change of plainer) {
    const candidate = { ...smallest, ...change };
    if (await stillFails(candidate)) smallest = candidate;
  }
  smallest = {
    ...smallest,
    steps: await fewest(smallest.steps, (steps) => stillFails({ ...smallest, steps })),
  };
  for (const [index, step] of smallest.steps.entries()) {
    if (step.is === 'fault' || step.againAfterMs === null) continue;
    const patient = smallest.steps.with(index, { ...step, againAfterMs: null });
    if (await stillFails({ ...smallest, steps: patient })) smallest = { ...smallest, steps: patient };
  }
  return smallest;
}

/** Leaves out ever smaller parts, and begins again whenever that worked (Zeller's ddmin, without its subsets). */
async function fewest(
  all: readonly Step[],
  stillFails: (steps: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  let steps = all;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < steps.length;) {
      const rest = steps.toSpliced(from, size);
      if (await stillFails(rest)) steps = rest;
      else from += size;
    }

  return steps;
}
