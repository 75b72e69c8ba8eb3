/**
 * What a session does by itself at the instant t. Each function is one paragraph of the rules. It asks "is
 * it exactly now?" and nothing else: the walk over the instants takes care of the order in time.
 */
import {
  chargeBlock,
  chargesOf,
  endSession,
  enterBlock,
  isRefunded,
  noteLowBalance,
  refundCharge,
  releaseHold,
  type Session,
  type State,
} from './naive-state.ts';

type Deadline = (state: State, session: Session, t: number) => void;

/** R9. The patient wrote, and the doctor has not written since the start until now. */
const doctorSilent: Deadline = (state, session, t) => {
  const { doctorResponse } = session.terms;
  if (doctorResponse === null) return;
  const firstOfPatient = session.writes.find((write) => write.role === 'patient');
  if (firstOfPatient === undefined || t !== firstOfPatient.at + doctorResponse) return;
  if (session.writes.some((write) => write.role === 'doctor')) return;
  releaseHold(session);
  for (const charge of chargesOf(session)) {
    if (!isRefunded(session, charge)) refundCharge(state, session, charge, 'doctor_no_response', t);
  }
  endSession(state, session, 'doctor_no_response', t);
};

/** R5. Neither side wrote in [S, S + F). */
const noActivity: Deadline = (state, session, t) => {
  if (t !== session.startedAt + session.terms.firstActivity) return;
  if (session.writes.length > 0) return;
  if (session.terms.noActivityUnits === 1) chargeBlock(state, session, 'no_activity', t);
  else releaseHold(session);
  endSession(state, session, 'no_activity', t);
};

/** R3. A block that completes is captured, effective at the boundary. */
const completedBlock: Deadline = (state, session, t) => {
  if (session.block === null || t !== session.block.startsAt + session.terms.interval) return;
  chargeBlock(state, session, 'interval', t);
};

/** R8. Nobody wrote for too long. The block in progress costs a unit only if somebody wrote in it. */
const idle: Deadline = (state, session, t) => {
  const { idle: longestQuiet } = session.terms;
  if (longestQuiet === null) return;
  const quietSince = session.writes.at(-1)?.at ?? session.startedAt;
  if (t !== quietSince + longestQuiet) return;
  const block = session.block;
  if (block !== null && session.writes.some((write) => write.at >= block.startsAt)) {
    chargeBlock(state, session, 'idle_timeout', t);
  } else {
    releaseHold(session);
  }
  endSession(state, session, 'idle_timeout', t);
};

/** R10. A block in progress is charged. At a boundary there is none: the next one has not been entered. */
const longestSession: Deadline = (state, session, t) => {
  const { maxDuration } = session.terms;
  if (maxDuration === null || t !== session.startedAt + maxDuration) return;
  if (session.block !== null) chargeBlock(state, session, 'max_duration', t);
  endSession(state, session, 'max_duration', t);
};

/** R3 and R4. At a boundary the next block is entered, or the session ends exactly there. */
const nextBlock: Deadline = (state, session, t) => {
  const { startedAt, terms } = session;
  if ((t - startedAt) % terms.interval !== 0) return;
  const number = (t - startedAt) / terms.interval;
  if (enterBlock(state, session, number, t)) noteLowBalance(state, session, t);
  else endSession(state, session, 'balance_exhausted', t);
};

/** R11: at one instant, in this order. */
const IN_ORDER: readonly Deadline[] = [
  doctorSilent,
  noActivity,
  completedBlock,
  idle,
  longestSession,
  nextBlock,
];

/** R11: one session after the other, lowest id first. A session that ends at t does nothing more (R16). */
export function applyDeadlines(state: State, t: number): void {
  const inIdOrder = [...state.active];
  for (const session of inIdOrder) {
    for (const deadline of IN_ORDER) {
      if (session.end === null) deadline(state, session, t);
    }
  }
}
