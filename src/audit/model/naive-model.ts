/**
 * The naive model: the rules of billing once more, written to be checked by eye and not to be fast. It walks
 * time second by second and shares no code with `src/billing`, which must agree with it.
 *
 * Not modelled, because no money depends on it: who the caller is, the appointment (R2's first checks),
 * recorded time (R12), notes and idempotency keys (R15).
 */
import { applyAction } from './naive-actions.ts';
import { applyDeadlines } from './naive-deadlines.ts';
import { chargesOf, heldUnits, isRefunded, remainingUnits, type Session, type State } from './naive-state.ts';
import type {
  Action,
  GrantFigures,
  ModelInput,
  ModelResult,
  Outcome,
  SessionFigures,
} from './naive-types.ts';

/**
 * Everything that is true after the second `until`. Throws a RangeError for an input that no engine could be
 * given: actions out of order or outside the walk, fractions, one id used for two things.
 */
export function runNaiveModel({ from, until, actions }: ModelInput): ModelResult {
  assertWalkable({ from, until, actions });
  const state: State = { grants: new Map(), sessions: new Map(), ledger: [] };
  const outcomes: Outcome[] = [];
  for (let t = from; t <= until; t += 1) {
    applyDeadlines(state, t);
    for (const action of actions) {
      if (action.at === t) outcomes.push(applyAction(state, action));
    }
  }
  return {
    outcomes,
    ledger: state.ledger,
    sessions: byId(state.sessions, (session) => sessionFigures(state, session)),
    grants: byId(state.grants, ({ grantId }) => grantFigures(state, grantId)),
  };
}

function sessionFigures(state: State, session: Session): SessionFigures {
  const charges = chargesOf(state, session.sessionId);
  return {
    isActive: session.end === null,
    startedAt: session.startedAt,
    endedAt: session.end?.at ?? null,
    endReason: session.end?.reason ?? null,
    sessionsUsed: charges.filter((charge) => !isRefunded(state, charge)).length,
    hasPatientActivity: session.writes.some(({ role }) => role === 'patient'),
    hasDoctorActivity: session.writes.some(({ role }) => role === 'doctor'),
    lastActivityAt: session.writes.at(-1)?.at ?? null,
  };
}

function grantFigures(state: State, grantId: number): GrantFigures {
  return { remaining: remainingUnits(state, grantId), held: heldUnits(state, grantId) };
}

function byId<Item, Figures>(items: Map<number, Item>, figures: (item: Item) => Figures) {
  return Object.fromEntries([...items].map(([id, item]) => [id, figures(item)]));
}

function assertWalkable({ from, until, actions }: ModelInput): void {
  let previous = from;
  for (const action of actions) {
    assertWhole('at', action.at, previous);
    if (action.at > until)
      throw new RangeError(`an action at ${action.at} is after ${until}, the last second`);
    assertFields(action);
    previous = action.at;
  }
}

function assertFields(action: Action): void {
  if (action.kind === 'grant') assertWhole('units', action.units, 0);
  if (action.kind === 'adjust') assertWhole('units', action.units, Number.MIN_SAFE_INTEGER);
  if (action.kind !== 'start') return;
  const { policy } = action;
  assertWhole('intervalSeconds', policy.intervalSeconds, 1);
  assertWhole('firstActivitySeconds', policy.firstActivitySeconds, 1);
  assertWhole('endGraceSeconds', policy.endGraceSeconds, 0);
  assertWhole('idleSeconds', policy.idleSeconds ?? 1, 1);
  assertWhole('doctorResponseSeconds', policy.doctorResponseSeconds ?? 1, 1);
  assertWhole('maxDurationSeconds', policy.maxDurationSeconds ?? 1, 1);
  if (policy.firstActivitySeconds > policy.intervalSeconds) {
    throw new RangeError('firstActivitySeconds must not be more than intervalSeconds');
  }
}

function assertWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name} must be a whole number of at least ${least}, got ${value}`);
}
