import { sessionOf } from '../../billing/account.ts';
import type { Change } from '../../billing/change.ts';
import type { SessionId } from '../../billing/ids.ts';
import { nextDeadline } from '../../billing/order.ts';
import { elapsedMs } from '../../billing/time.ts';
import type { Settled } from '../commands.ts';
import type { Verb } from '../verb.ts';

/** "Look at this session again." Settling happens on the way in; what is left to say is what it did, and when to look next. */
export const settleSession: Verb<'settle'> = {
  needs: ({ sessionId }) => ({ sessions: [sessionId] }),
  decide: ({ sessionId }, workspace) => {
    const before = workspace.changes.length;
    const settled = workspace.accountOfSession(sessionId);
    const did = doneTo(
      sessionId,
      workspace.changes.slice(before).map(({ change }) => change),
    );
    // No such session: an alarm of another database, or one that somebody made up. There is nothing to look at.
    if (settled === null) return { kind: 'over', did };
    const session = sessionOf(settled.account, sessionId);
    if (session.state === 'ended') return { kind: 'over', did };
    const at = nextDeadline(session);
    return { kind: 'again', at, delayMs: elapsedMs(settled.now, at), did };
  },
};

function doneTo(id: SessionId, changes: readonly Change[]): Settled {
  const ofThis = changes.filter((change) => 'sessionId' in change && change.sessionId === id);
  return {
    charged: ofThis.flatMap((change) => (change.kind === 'unit_charged' ? [change.intervalNo] : [])),
    refunded: ofThis.flatMap((change) => (change.kind === 'unit_refunded' ? [change.intervalNo] : [])),
    ended: ofThis.find((change) => change.kind === 'session_ended')?.reason ?? null,
  };
}
