import { type Account, activeSessions } from './account.ts';
import { currentBlockStart } from './blocks.ts';
import { type Instant, later } from './time.ts';

/**
 * R1 Time. The account's present: what the clock says, but never before anything that the account has already
 * seen. So a clock that was set back makes no elapsed time negative and takes nothing back.
 */
export const accountNow = (account: Account, now: Instant): Instant =>
  activeSessions(account).reduce(
    (present, session) =>
      [currentBlockStart(session), session.lastActivityAt ?? session.startedAt].reduce(later, present),
    now,
  );
