/**
 * The naive model: the rules of billing once more, written to be checked by eye and not to be fast. It walks
 * time from one instant at which something can happen to the next, and shares no code with `src/billing`, which
 * must agree with it.
 *
 * Not modelled, because no money depends on it: who the caller is, the appointment (R2's first checks),
 * recorded time (R12), notes and idempotency keys (R15).
 */
import { applyAction } from './naive-actions.ts';
import { applyDeadlines } from './naive-deadlines.ts';
import { nextDeadlineAfter } from './naive-instants.ts';
import {
  chargesOf,
  emptyState,
  heldUnits,
  isRefunded,
  remainingUnits,
  type Session,
  type State,
} from './naive-state.ts';
import { termsOf } from './naive-terms.ts';
import type { Action, ModelInput, ModelResult, Outcome, SessionFigures } from './naive-types.ts';

/** Where the walk goes after the instant t. Never beyond the next action: the walk sees to that itself. */
type NextInstant = (state: State, t: number) => number;

/**
 * Everything that is true after the instant `until`. Throws a RangeError for an input that no engine could be
 * given: actions out of order or outside the walk, fractions, one id used for two things.
 */
export function runNaiveModel(input: ModelInput): ModelResult {
  return walk(input, nextDeadlineAfter);
}

/** The same, looking at every single instant in between. Slow; it is what the walk above is held against. */
export function runOverEveryInstant(input: ModelInput): ModelResult {
  return walk(input, (_state, t) => t + 1);
}

function walk(input: ModelInput, nextInstant: NextInstant): ModelResult {
  assertWalkable(input);
  const { from, until, actions, instantsPerSecond = 1 } = input;
  const state = emptyState();
  const outcomes: Outcome[] = [];
  for (let t = from; t <= until;) {
    applyDeadlines(state, t);
    for (let next = actions[outcomes.length]; next?.at === t; next = actions[outcomes.length])
      outcomes.push(applyAction(state, next, instantsPerSecond));
    t = Math.min(actions[outcomes.length]?.at ?? Infinity, nextInstant(state, t));
  }
  return resultOf(state, outcomes);
}

function resultOf(state: State, outcomes: readonly Outcome[]): ModelResult {
  return {
    outcomes,
    ledger: state.ledger,
    sessions: byId(state.sessions, (session) => sessionFigures(session)),
    grants: byId(state.grants, (grant) => ({
      remaining: remainingUnits(grant),
      held: heldUnits(state, grant),
    })),
    holds: Object.fromEntries(
      state.active.flatMap(({ sessionId, block }) => (block === null ? [] : [[sessionId, block.grantId]])),
    ),
  };
}

function sessionFigures(session: Session): SessionFigures {
  return {
    isActive: session.end === null,
    startedAt: session.startedAt,
    endedAt: session.end?.at ?? null,
    endReason: session.end?.reason ?? null,
    sessionsUsed: chargesOf(session).filter((charge) => !isRefunded(session, charge)).length,
    hasPatientActivity: session.writes.some(({ role }) => role === 'patient'),
    hasDoctorActivity: session.writes.some(({ role }) => role === 'doctor'),
    lastActivityAt: session.writes.at(-1)?.at ?? null,
    lowBalanceAt: session.lowBalanceAt,
  };
}

function byId<Item, Figures>(items: Map<number, Item>, figures: (item: Item) => Figures) {
  return Object.fromEntries([...items].map(([id, item]) => [id, figures(item)]));
}

function assertWalkable({ from, until, actions, instantsPerSecond = 1 }: ModelInput): void {
  assertWhole('instantsPerSecond', instantsPerSecond, 1);
  let previous = from;
  for (const action of actions) {
    assertWhole('at', action.at, previous);
    if (action.at > until)
      throw new RangeError(`an action at ${action.at} is after ${until}, the last instant`);
    assertFields(action, instantsPerSecond);
    previous = action.at;
  }
}

function assertFields(action: Action, instantsPerSecond: number): void {
  if (action.kind === 'grant') assertWhole('units', action.units, 0);
  if (action.kind === 'adjust') assertWhole('units', action.units, Number.MIN_SAFE_INTEGER);
  if (action.kind === 'start') termsOf(action.policy, instantsPerSecond);
}

function assertWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name} must be a whole number of at least ${least}, got ${value}`);
}
