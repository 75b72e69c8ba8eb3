import type { ActiveSession, EndReason } from './account.ts';
import { chargeBlock, currentBlockStart, releaseBlock } from './blocks.ts';
import type { Change, SessionEnded } from './change.ts';
import { elapsedMs, type Instant } from './time.ts';

/** Who ends, and what that means for the block in progress. */
export type EndRequest =
  | { readonly by: 'participant' }
  /** An admin states whether the block in progress is charged; the grace is no matter then. */
  | { readonly by: 'admin'; readonly charge: boolean };

/**
 * R6 End. Of a session settled to `now`: the block in progress is charged if more of it has run than the grace,
 * else its hold is released. So ends at 8, 12, 25 and 35 min cost 1, 2, 3 and 4, and at exactly 10:00.000 one.
 */
export function endSession(session: ActiveSession, request: EndRequest, now: Instant): readonly Change[] {
  const reason = request.by === 'admin' ? 'admin_end' : 'manual_end';
  const isCharged =
    request.by === 'admin'
      ? request.charge
      : elapsedMs(currentBlockStart(session), now) > session.policy.endGraceMs;
  return isCharged
    ? [chargeBlock(session, reason, now), endOf(session, reason, 1, now)]
    : [releaseBlock(session, now), endOf(session, reason, 0, now)];
}

/** The end itself, of whatever reason. */
export const endOf = (
  session: ActiveSession,
  reason: EndReason,
  units: 0 | 1,
  at: Instant,
): SessionEnded => ({
  kind: 'session_ended',
  at,
  sessionId: session.id,
  reason,
  units,
});
