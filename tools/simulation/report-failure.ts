/** A failing seed, for a person: what went wrong, in how few steps, and how to see it again. */
import type { Failure } from './check/judge.ts';
import { makePlan } from './plan/make-plan.ts';
import type { Plan, Step } from './plan/plan.ts';
import { shrink } from './shrink.ts';
import { describe } from './plan/plan.ts';
import { simulate } from './world/simulate.ts';

export async function reportFailure(seed: number, failure: Failure): Promise<string> {
  const plan = makePlan(seed);
  const smallest = await shrink(plan, failure.kind);
  const result = await simulate(smallest);
  return [
    `Seed ${seed} fails (${failure.kind}): ${failure.message}`,
    '',
    `${smallest.steps.length} of its ${plan.steps.length} steps are enough:`,
    ...planInWords(smallest),
    '',
    'What happens then:',
    ...result.lines,
    '',
    `${result.failure?.kind}: ${result.failure?.message}`,
    '',
    'To see all of it again, with nothing left out:',
    `  npm run simulate -- --seed ${seed}`,
  ].join('\n');
}

export const planInWords = (plan: Plan): readonly string[] => [
  `  policy ${JSON.stringify(plan.policy)}`,
  `  network ${plan.delays}, batches of ${plan.maxBatchSize}, ${plan.maxBatchesUnderWay} at once, sweep ${JSON.stringify(plan.sweep)}`,
  `  a session may start ${plan.earlyStartMs} ms early, and ${plan.startWindowMs ?? 'any number of'} ms late`,
  ...plan.steps.map((step) => `  ${(step.atMs / 1000).toFixed(3).padStart(7)} s  ${inWords(step)}`),
];

function inWords(step: Step): string {
  if (step.is === 'command') {
    const again = step.againAfterMs === null ? '' : `, and again after ${step.againAfterMs} ms`;
    return `${describe(step)}, through api-${step.api + 1}${again}`;
  }
  const { is: _is, atMs: _atMs, kind, ...details } = step;
  return `fault ${kind} ${JSON.stringify(details)}`;
}
