/**
 * What somebody does to an account at one instant. Every deadline up to and including that instant has been
 * applied before, so each action is preceded by the settling that R6, R7 and R12 ask for.
 */
import {
  addSession,
  availableUnits,
  chargeBlock,
  chargesOf,
  endSession,
  enterBlock,
  grantsValidAt,
  isRefunded,
  noteLowBalance,
  refundCharge,
  releaseHold,
  writeEntry,
  type Session,
  type State,
} from './naive-state.ts';
import { termsOf } from './naive-terms.ts';
import type { Action, Outcome } from './naive-types.ts';

type ActionOf<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>;

export function applyAction(state: State, action: Action, instantsPerSecond: number): Outcome {
  switch (action.kind) {
    case 'grant':
      return createGrant(state, action);
    case 'adjust':
      return adjustGrant(state, action);
    case 'set_validity':
      return setValidity(state, action);
    case 'start':
      return startSession(state, action, instantsPerSecond);
    case 'write':
      return write(state, action);
    case 'end':
      return end(state, action);
    case 'admin_end':
      return adminEnd(state, action);
    case 'refund':
      return refund(state, action);
    case 'take_back':
      return takeBack(state, action);
  }
}

/** R14. The entry is effective when the grant is made, also where the grant is valid only later. */
function createGrant(state: State, action: ActionOf<'grant'>): Outcome {
  const { at, grantId, patientId, units, startsAt, expiresAt } = action;
  if (state.grants.has(grantId)) throw new RangeError(`grant ${grantId} is made twice`);
  state.grants.set(grantId, { grantId, patientId, startsAt, expiresAt, entries: [] });
  writeEntry(state, {
    grantId,
    sessionId: null,
    kind: 'grant',
    reason: null,
    units,
    intervalNo: null,
    effectiveAt: at,
  });
  return 'ok';
}

/** R15. Never below what is held. */
function adjustGrant(state: State, { at, grantId, units }: ActionOf<'adjust'>): Outcome {
  const grant = state.grants.get(grantId);
  if (grant === undefined) return 'grant_not_found';
  if (units === 0) return 'zero_units';
  if (availableUnits(state, grant) + units < 0) return 'units_in_use';
  writeEntry(state, {
    grantId,
    sessionId: null,
    kind: 'adjustment',
    reason: null,
    units,
    intervalNo: null,
    effectiveAt: at,
  });
  return 'ok';
}

/** R14. That it was changed is an entry of no units; where nothing changes there is none. */
function setValidity(state: State, action: ActionOf<'set_validity'>): Outcome {
  const { at, grantId, startsAt, expiresAt } = action;
  const grant = state.grants.get(grantId);
  if (grant === undefined) return 'grant_not_found';
  if (grant.startsAt === startsAt && grant.expiresAt === expiresAt) return 'ok';
  grant.startsAt = startsAt;
  grant.expiresAt = expiresAt;
  writeEntry(state, {
    grantId,
    sessionId: null,
    kind: 'adjustment',
    reason: 'validity_changed',
    units: 0,
    intervalNo: null,
    effectiveAt: at,
  });
  return 'ok';
}

/** R2, from "a session exists already" on, and R3's hold for block 0. Starting is not activity. */
function startSession(state: State, action: ActionOf<'start'>, instantsPerSecond: number): Outcome {
  const { at, sessionId, patientId, policy } = action;
  const existing = state.sessions.get(sessionId);
  if (existing !== undefined) {
    if (existing.patientId !== patientId) throw new RangeError(`session ${sessionId} has two patients`);
    return existing.end === null ? 'session_active' : 'session_ended';
  }
  if (grantsValidAt(state, patientId, at).length === 0) return 'no_active_subscription';
  const session: Session = {
    sessionId,
    patientId,
    startedAt: at,
    terms: termsOf(policy, instantsPerSecond),
    writes: [],
    entries: [],
    takenBack: [],
    block: null,
    end: null,
    lowBalanceAt: [],
  };
  if (!enterBlock(state, session, 0, at)) return 'insufficient_sessions';
  addSession(state, session);
  noteLowBalance(state, session, at);
  return 'ok';
}

/** R7. At a deadline the message is too late, because the deadline was applied first. */
function write(state: State, { at, sessionId, role }: ActionOf<'write'>): Outcome {
  const session = state.sessions.get(sessionId);
  if (session === undefined) return 'no_active_session';
  if (session.end !== null) return 'session_ended';
  session.writes.push({ at, role });
  return 'ok';
}

/** R6. The block in progress is charged if more than the grace of it has run. */
function end(state: State, { at, sessionId }: ActionOf<'end'>): Outcome {
  const session = state.sessions.get(sessionId);
  if (session === undefined) return 'no_active_session';
  if (session.end !== null) return 'ok';
  const isOverGrace = at - blockStart(session) > session.terms.endGrace;
  if (isOverGrace) chargeBlock(state, session, 'manual_end', at);
  else releaseHold(session);
  endSession(state, session, 'manual_end', at);
  return 'ok';
}

/** R6. The admin says whether the block in progress is charged; the grace plays no part. */
function adminEnd(state: State, { at, sessionId, charge }: ActionOf<'admin_end'>): Outcome {
  const session = state.sessions.get(sessionId);
  if (session === undefined) return 'no_active_session';
  if (session.end !== null) return 'ok';
  if (charge) chargeBlock(state, session, 'admin_end', at);
  else releaseHold(session);
  endSession(state, session, 'admin_end', at);
  return 'ok';
}

/** R15. Once per charge, during the session or after it. */
function refund(state: State, { at, sessionId, intervalNo }: ActionOf<'refund'>): Outcome {
  const session = state.sessions.get(sessionId);
  if (session === undefined) return 'charge_not_found';
  const charge = chargesOf(session).find((entry) => entry.intervalNo === intervalNo);
  if (charge === undefined) return 'charge_not_found';
  if (isRefunded(session, charge)) return 'charge_already_refunded';
  refundCharge(state, session, charge, null, at);
  return 'ok';
}

/** R15. Once per refund: a unit leaves the grant again. What the session used stays as the refund left it. */
function takeBack(state: State, { at, sessionId, intervalNo }: ActionOf<'take_back'>): Outcome {
  const session = state.sessions.get(sessionId);
  const given = session?.entries.find((entry) => entry.kind === 'refund' && entry.intervalNo === intervalNo);
  if (session === undefined || given === undefined) return 'refund_not_found';
  if (session.takenBack.includes(intervalNo)) return 'refund_already_taken_back';
  const outcome = adjustGrant(state, { at, kind: 'adjust', grantId: given.grantId, units: -1 });
  if (outcome === 'ok') session.takenBack.push(intervalNo);
  return outcome;
}

/** After all deadlines of an instant an active session is always inside a block. */
function blockStart(session: Session): number {
  if (session.block === null) throw new Error(`session ${session.sessionId} is active outside any block`);
  return session.block.startsAt;
}
