import { chargeBlock, currentBlockStart, releaseBlock } from './blocks.ts';
import type { DeadlineRule } from './deadline-rule.ts';
import { endOf } from './end.ts';
import { after } from './time.ts';

/**
 * R8 Idle. So long after the last message of either side (after the start, if nobody wrote) the session ends
 * at that instant, `idle_timeout`. The block in progress is charged only if somebody wrote in it; at a boundary,
 * between two blocks, there is none.
 */
export const idle: DeadlineRule = {
  deadlineOf: (session) =>
    session.policy.idleMs === null
      ? null
      : after(session.lastActivityAt ?? session.startedAt, session.policy.idleMs),
  changesAt: (session, _account, at) => {
    if (session.heldOn === null) return [endOf(session, 'idle_timeout', 0, at)];
    const wroteInBlock =
      session.lastActivityAt !== null && session.lastActivityAt >= currentBlockStart(session);
    return wroteInBlock
      ? [chargeBlock(session, 'idle_timeout', at), endOf(session, 'idle_timeout', 1, at)]
      : [releaseBlock(session, at), endOf(session, 'idle_timeout', 0, at)];
  },
};
