import { currentBlockStart } from './blocks.ts';
import type { DeadlineRule } from './deadline-rule.ts';
import { endOf } from './end.ts';
import { payingGrant } from './grant.ts';

/**
 * R4 Exhaustion. At a boundary a unit is held for the next block. Where none can be held the block is never
 * entered: the session ends exactly there, `balance_exhausted`, and costs nothing more.
 */
export const nextBlock: DeadlineRule = {
  deadlineOf: (session) => (session.heldOn === null ? currentBlockStart(session) : null),
  changesAt: (session, account, at) => {
    const grant = payingGrant(account.grants, at);
    return grant === null
      ? [endOf(session, 'balance_exhausted', 0, at)]
      : [{ kind: 'block_entered', at, sessionId: session.id, grantId: grant.id }];
  },
};
