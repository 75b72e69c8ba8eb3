import { sessionOf } from '../../billing/account.ts';
import type { Change } from '../../billing/change.ts';
import type { SessionId } from '../../billing/ids.ts';
import { nextDeadline } from '../../billing/order.ts';
import { elapsedMs } from '../../billing/time.ts';
import type { CommandHandler, SettleEffects } from '../commands.ts';

/** What an alarm and the sweep ask for. Loading the account settles it; what is left is to say what that did. */
export const settleHandler: CommandHandler<'settle'> = {
  needs: ({ sessionId }) => ({ sessions: [sessionId] }),
  decide: ({ sessionId }, work) => {
    const before = work.changes.length;
    const settled = work.accountOfSession(sessionId);
    const changes = work.changes.slice(before).map(({ change }) => change);
    const did = effectsOn(sessionId, changes);
    // No such session: the alarm is of another database, or was made by hand.
    if (settled === null) return { kind: 'over', did };
    const session = sessionOf(settled.account, sessionId);
    if (session.state === 'ended') return { kind: 'over', did };
    const at = nextDeadline(session);
    return { kind: 'again', at, delayMs: elapsedMs(settled.accountNow, at), did };
  },
};

function effectsOn(id: SessionId, changes: readonly Change[]): SettleEffects {
  const ofThis = changes.filter((change) => 'sessionId' in change && change.sessionId === id);
  return {
    charged: ofThis.flatMap((change) => (change.kind === 'unit_charged' ? [change.intervalNo] : [])),
    refunded: ofThis.flatMap((change) => (change.kind === 'unit_refunded' ? [change.intervalNo] : [])),
    ended: ofThis.find((change) => change.kind === 'session_ended')?.reason ?? null,
  };
}
