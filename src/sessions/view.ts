import type { Session } from '../billing/account.ts';
import { currentBlockEnd } from '../billing/blocks.ts';
import { type ExpectedEnd, expectedEnd } from '../billing/expected-end.ts';
import { fundedUntil } from '../billing/funded-until.ts';
import { availableUnitsAt, remainingUnitsAt } from '../billing/grant.ts';
import type { Instant } from '../billing/time.ts';
import type { Logged } from './store.ts';
import type { SettledAccount } from './unit-of-work.ts';

/** A session as its participants may see it, settled to `accountNow`. */
export interface SessionView {
  readonly session: Session;
  /** Units of the patient's valid grants, holds not yet taken off. */
  readonly remainingUnits: number;
  /** The same with holds taken off. */
  readonly availableUnits: number;
  /** The boundary at which the block in progress is charged; null once the session has ended. */
  readonly nextDeductionAt: Instant | null;
  /** How long the units would last if no other session took any; null once the session has ended. */
  readonly fundedUntil: Instant | null;
  /** When and why it ends if nobody writes, ends it or tops up; null once it has ended. */
  readonly expectedEnd: ExpectedEnd | null;
  readonly accountNow: Instant;
  /** How much the session's log held when this was read. */
  readonly logged: Logged;
}

export const sessionView = (
  session: Session,
  { account, accountNow }: SettledAccount,
  logged: Logged,
): SessionView => ({
  session,
  remainingUnits: remainingUnitsAt(account.grants, accountNow),
  availableUnits: availableUnitsAt(account.grants, accountNow),
  nextDeductionAt: session.state === 'active' ? currentBlockEnd(session) : null,
  fundedUntil: session.state === 'active' ? fundedUntil(session, account.grants) : null,
  expectedEnd: session.state === 'active' ? expectedEnd(session, account.grants) : null,
  accountNow,
  logged,
});
