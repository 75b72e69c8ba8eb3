import { elapsedMs } from '../billing/time.ts';
import { nextDeadline } from '../billing/order.ts';
import { sessionOf } from '../billing/account.ts';
import { remainingMs } from './alarms.ts';
import type { Verb } from './verb.ts';

/** "Look at this session again." Settling happens on the way in; what is left to say is when to look next. */
export const settleSession: Verb<'settle'> = {
  needs: ({ sessionId }) => ({ sessions: [sessionId] }),
  alarmIsTheCallers: ({ sessionId }) => sessionId,
  later: (look, passedMs) =>
    look.kind === 'over' ? look : { ...look, delayMs: remainingMs(look.delayMs, passedMs) },
  decide: ({ sessionId }, workspace) => {
    const settled = workspace.accountOfSession(sessionId);
    // No such session: an alarm of another database, or one that somebody made up. There is nothing to look at.
    if (settled === null) return { kind: 'over' };
    const session = sessionOf(settled.account, sessionId);
    if (session.state === 'ended') return { kind: 'over' };
    return { kind: 'again', delayMs: elapsedMs(settled.now, nextDeadline(session)) };
  },
};
