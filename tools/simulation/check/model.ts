/**
 * The reference model, fed with what the store committed: the script of one account. Only this file knows the
 * model's interface.
 */
import { runNaiveModel } from '../../../src/audit/reference-model/naive-model.ts';
import type {
  Action,
  ModelResult,
  Policy as ModelPolicy,
} from '../../../src/audit/reference-model/naive-types.ts';
import type { Policy } from '../../../src/billing/policy.ts';
import type { TermsChange } from '../../../src/billing/terms.ts';

export interface Script {
  /** Adds what was done at its instant, after all that was done before and at that instant. */
  readonly add: (action: Action) => void;
  /** Everything that is true at this instant, or at the last one of the script where that is later. */
  readonly resultAt: (until: number) => ModelResult;
  /** The same as if nothing had been done after this instant. */
  readonly asOf: (at: number) => ModelResult;
  /** The next instant after `now` at which the session, active now, has to change by itself. */
  readonly nextDeadline: (sessionId: number, now: number) => number;
}

export function createScript(): Script {
  const actions: Action[] = [];
  let last: { readonly until: number; readonly result: ModelResult } | null = null;
  return {
    add: (action) => {
      let index = actions.length;
      while (index > 0 && (actions[index - 1]?.at ?? 0) > action.at) index -= 1;
      actions.splice(index, 0, action);
      last = null;
    },
    resultAt: (until) => {
      const to = Math.max(until, actions.at(-1)?.at ?? until);
      if (last?.until === to) return last.result;
      const result = resultOf(actions, to);
      last = { until: to, result };
      return result;
    },
    asOf: (at) =>
      resultOf(
        actions.filter((action) => action.at <= at),
        at,
      ),
    nextDeadline: (sessionId, now) => nextDeadlineOf(actions, sessionId, now),
  };
}

const resultOf = (actions: readonly Action[], until: number): ModelResult =>
  runNaiveModel({ from: actions[0]?.at ?? until, until, actions, instantsPerSecond: 1000 });

const modelPolicyOf = (policy: Policy): ModelPolicy => ({
  intervalSeconds: policy.intervalMs / 1000,
  firstActivitySeconds: policy.firstActivityMs / 1000,
  noActivityUnits: policy.noActivityUnits,
  endGraceSeconds: policy.endGraceMs / 1000,
  idleSeconds: secondsOrOff(policy.idleMs),
  doctorResponseSeconds: secondsOrOff(policy.doctorResponseMs),
  maxDurationSeconds: secondsOrOff(policy.maxDurationMs),
});

/** R13, written once more: each term where there is one, and neither F nor the grace longer than a block. */
export function modelPolicyUnder(terms: TermsChange, settings: Policy): ModelPolicy {
  const own = modelPolicyOf({
    intervalMs: terms.intervalMs ?? settings.intervalMs,
    firstActivityMs: terms.firstActivityMs ?? settings.firstActivityMs,
    noActivityUnits: terms.noActivityUnits ?? settings.noActivityUnits,
    endGraceMs: terms.endGraceMs ?? settings.endGraceMs,
    idleMs: terms.idleMs ?? settings.idleMs,
    doctorResponseMs: terms.doctorResponseMs ?? settings.doctorResponseMs,
    maxDurationMs: terms.maxDurationMs ?? settings.maxDurationMs,
  });
  const isTooLong = (seconds: number) => seconds > own.intervalSeconds;
  return {
    ...own,
    ...(isTooLong(own.firstActivitySeconds) ? { firstActivitySeconds: own.intervalSeconds } : {}),
    ...(isTooLong(own.endGraceSeconds) ? { endGraceSeconds: own.intervalSeconds } : {}),
  };
}

const secondsOrOff = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

function nextDeadlineOf(actions: readonly Action[], sessionId: number, now: number): number {
  const own = actions.filter((action) => 'sessionId' in action && action.sessionId === sessionId);
  const start = own.find((action) => action.kind === 'start');
  if (start === undefined) return Infinity;
  const writes = own.filter((action) => action.kind === 'write');
  const { at: startedAt, policy } = start;
  const ms = (seconds: number) => Math.round(seconds * 1000);
  const interval = ms(policy.intervalSeconds);
  const due = [startedAt + (Math.floor((now - startedAt) / interval) + 1) * interval];
  if (writes.length === 0) due.push(startedAt + ms(policy.firstActivitySeconds));
  if (policy.idleSeconds !== null) due.push((writes.at(-1)?.at ?? startedAt) + ms(policy.idleSeconds));
  if (policy.maxDurationSeconds !== null) due.push(startedAt + ms(policy.maxDurationSeconds));
  const firstOfPatient = writes.find(({ role }) => role === 'patient');
  const hasDoctor = writes.some(({ role }) => role === 'doctor');
  if (policy.doctorResponseSeconds !== null && firstOfPatient !== undefined && !hasDoctor)
    due.push(firstOfPatient.at + ms(policy.doctorResponseSeconds));
  return Math.min(...due.filter((at) => at > now));
}
