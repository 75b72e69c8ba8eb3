import type { ActiveSession, ChargeReason, Session } from './account.ts';
import type { Change, UnitCharged } from './change.ts';
import type { DeadlineRule } from './deadline-rule.ts';
import type { GrantId } from './ids.ts';
import { after, type Instant } from './time.ts';

/**
 * R3 Blocks. Block j is `[S + jI, S + (j+1)I)`. A unit is held when a block is entered and charged when it
 * completes, so the final charge can never fail. Which grant pays is in `grant.ts`; entering is in `next-block.ts`.
 */
export const blockStart = (session: Pick<Session, 'startedAt' | 'policy'>, block: number): Instant =>
  after(session.startedAt, block * session.policy.intervalMs);

/** Where the block in progress began. */
export const currentBlockStart = (session: ActiveSession): Instant =>
  blockStart(session, session.blocksCompleted);

/** Where the block in progress will be complete: the instant of the next charge. */
export const currentBlockEnd = (session: ActiveSession): Instant =>
  blockStart(session, session.blocksCompleted + 1);

/** The grant on which the block in progress is held. @throws Error between two blocks, where none is. */
export function heldGrant(session: ActiveSession): GrantId {
  if (session.heldOn === null) throw new Error(`session ${session.id} holds no unit for its block`);
  return session.heldOn;
}

/** Takes the held unit for the block in progress. */
export function chargeBlock(session: ActiveSession, reason: ChargeReason, at: Instant): UnitCharged {
  const intervalNo = session.blocksCompleted + 1;
  return { kind: 'unit_charged', at, sessionId: session.id, grantId: heldGrant(session), intervalNo, reason };
}

/** Gives the held unit of the block in progress back to its grant, uncharged. */
export function releaseBlock(session: ActiveSession, at: Instant): Change {
  return { kind: 'hold_released', at, sessionId: session.id, grantId: heldGrant(session) };
}

/** The charge of a completed block, at its boundary. */
export const completedBlock: DeadlineRule = {
  deadlineOf: (session) => (session.heldOn === null ? null : currentBlockEnd(session)),
  changesAt: (session, _account, at) => [chargeBlock(session, 'interval', at)],
};
