import { chargeBlock } from './blocks.ts';
import type { DeadlineRule } from './deadline-rule.ts';
import { endOf } from './end.ts';
import { after } from './time.ts';

/**
 * R10 Longest session. Ends at S+max, `max_duration`. A block in progress is charged with that reason; at a
 * boundary there is none, for the capture comes before this rule and the next hold after it (R11).
 */
export const longestSession: DeadlineRule = {
  deadlineOf: (session) =>
    session.policy.maxDurationMs === null ? null : after(session.startedAt, session.policy.maxDurationMs),
  changesAt: (session, _account, at) =>
    session.heldOn === null
      ? [endOf(session, 'max_duration', 0, at)]
      : [chargeBlock(session, 'max_duration', at), endOf(session, 'max_duration', 1, at)],
};
