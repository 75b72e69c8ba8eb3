import { sessionOf } from '../../billing/account.ts';
import type { Change } from '../../billing/change.ts';
import type { SessionId } from '../../billing/ids.ts';
import { nextDeadline } from '../../billing/order.ts';
import { elapsedMs, type Instant } from '../../billing/time.ts';
import { alarmFor, type Settlement } from '../alarms.ts';
import type { CommandHandler } from '../commands.ts';

/** What an alarm and the sweep ask for. Loading the account settles it; what is left is to say what that did. */
export const settleHandler: CommandHandler<'settle'> = {
  needs: ({ sessionId }) => ({ sessions: [sessionId] }),
  decide: ({ sessionId }, work) => {
    const before = work.changes.length;
    const settled = work.accountOfSession(sessionId);
    // The alarm is of another database, or was made by hand.
    if (settled === null) return { kind: 'unknown' };
    const changes = work.changes.slice(before).map(({ change }) => change);
    const did = settlementOf(sessionId, changes, settled.accountNow);
    const session = sessionOf(settled.account, sessionId);
    if (session.state === 'ended')
      return { kind: 'ended', reason: session.endReason, at: session.endedAt, did };
    const next = alarmFor(session, nextDeadline(session));
    return { kind: 'active', next, delayMs: elapsedMs(settled.accountNow, next.at), did };
  },
};

function settlementOf(id: SessionId, changes: readonly Change[], now: Instant): Settlement {
  const ofThis = changes.filter((change) => 'sessionId' in change && change.sessionId === id);
  const did = {
    charged: ofThis.flatMap((change) =>
      change.kind === 'unit_charged' ? [{ block: change.intervalNo, units: 1, reason: change.reason }] : [],
    ),
    refunded: ofThis.flatMap((change) =>
      change.kind === 'unit_refunded' ? [{ block: change.intervalNo, units: 1, reason: change.reason }] : [],
    ),
    ended: ofThis.find((change) => change.kind === 'session_ended')?.reason ?? null,
  };
  const isNothing = did.charged.length === 0 && did.refunded.length === 0 && did.ended === null;
  return { ...did, recordedAt: isNothing ? null : now };
}
