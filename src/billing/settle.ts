import { type Account, activeSessions, sessionOf } from './account.ts';
import { apply } from './apply.ts';
import type { Change } from './change.ts';
import type { SessionId } from './ids.ts';
import { firstDue, rulesInOrder } from './order.ts';
import type { Instant } from './time.ts';

export interface Settled {
  readonly account: Account;
  readonly changes: readonly Change[];
}

/**
 * R12 Late is not different. Brings a whole account up to `now`: every deadline of every session, each at its
 * own instant, in time order, so that whichever boundary came first gets the last unit. How late, how often and
 * in how many steps this is called changes nothing.
 *
 * It ends, for each step charges a unit or ends a session, and both are finite.
 */
export function settle(account: Account, now: Instant): Settled {
  const changes: Change[] = [];
  let settled = account;
  for (;;) {
    const due = firstDue(activeSessions(settled), now);
    if (due === null) return { account: settled, changes };
    settled = passInstant(settled, due.session.id, due.at, changes);
  }
}

/** Applies every rule of one session that is due at one instant, in R11's order. */
function passInstant(account: Account, id: SessionId, at: Instant, changes: Change[]): Account {
  let passed = account;
  for (const rule of rulesInOrder) {
    const session = sessionOf(passed, id);
    if (session.state === 'ended') break;
    const deadline = rule.deadlineOf(session);
    if (deadline === null || deadline > at) continue;
    for (const change of rule.changesAt(session, passed, at)) {
      passed = apply(passed, change);
      changes.push(change);
    }
  }
  return passed;
}
