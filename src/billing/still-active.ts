import type { ActiveSession, Session } from './account.ts';
import type { Change } from './change.ts';

/**
 * R16 Ended is final. After `endedAt` nothing reaches a session but a refund. Verbs ask before and answer with
 * a refusal; this is the last line, and getting here with an ended session is a bug.
 *
 * @throws Error where the session has ended.
 */
export function stillActive(session: Session, change: Change['kind']): ActiveSession {
  if (session.state === 'ended')
    throw new Error(`session ${session.id} has ended: no ${change} can reach it`);
  return session;
}
