import type { Account, ActiveSession } from './account.ts';
import type { Change } from './change.ts';
import type { Instant } from './time.ts';

/** A rule that changes a session by itself when an instant comes (R3 to R5, R8 to R10). */
export interface DeadlineRule {
  /** When the rule next applies to the session as it stands; null where it does not. */
  readonly deadlineOf: (session: ActiveSession) => Instant | null;
  /** What happens at that instant. `at` is the deadline itself, however late it is looked at (R12). */
  readonly changesAt: (session: ActiveSession, account: Account, at: Instant) => readonly Change[];
}
