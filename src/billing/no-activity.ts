import { chargeBlock, releaseBlock } from './blocks.ts';
import type { DeadlineRule } from './deadline-rule.ts';
import { endOf } from './end.ts';
import { after } from './time.ts';

/**
 * R5 No activity. Neither side wrote in `[S, S+F)`: the session ends at S+F, `no_activity`. The held unit is
 * charged or released, as the policy says. Where F = I this comes before that boundary's interval charge (R11)
 * and so replaces it: one unit in all.
 */
export const noActivity: DeadlineRule = {
  deadlineOf: (session) =>
    session.lastActivityAt === null && session.blocksCompleted === 0
      ? after(session.startedAt, session.policy.firstActivityMs)
      : null,
  changesAt: (session, _account, at) => {
    const units = session.policy.noActivityUnits;
    const block = units === 1 ? chargeBlock(session, 'no_activity', at) : releaseBlock(session, at);
    return [block, endOf(session, 'no_activity', units, at)];
  },
};
