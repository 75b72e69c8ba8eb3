import type { ActiveSession, Role } from './account.ts';
import type { Change } from './change.ts';
import type { Instant } from './time.ts';

/**
 * R7 Activity. A message that the server accepted from a participant. The account is settled to `now` first, so
 * a deadline at `now` has been applied already: activity at the deadline itself is too late, and the caller then
 * has an ended session and answers `session_ended`. `role` is looked up, never taken from the request.
 */
export const recordActivity = (session: ActiveSession, role: Role, now: Instant): Change => ({
  kind: 'activity_recorded',
  at: now,
  sessionId: session.id,
  role,
});
