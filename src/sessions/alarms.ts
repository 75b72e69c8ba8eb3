import type { SessionId } from '../billing/ids.ts';
import type { Instant } from '../billing/time.ts';

/** "Look at this session when this deadline has come." It carries no state: losing one costs lateness, never money. */
export interface Alarm {
  readonly sessionId: SessionId;
  /** By the database's clock. */
  readonly at: Instant;
}

/**
 * The port behind which the queue lives. Called after a commit, never inside a transaction, and never
 * awaited by the caller of a command. It may fail (queue away): the sweep covers for it.
 */
export interface Alarms {
  /** An alarm that is set already stays as it is: setting one again is always safe. One queue operation for all. */
  readonly arm: (alarms: readonly Alarm[]) => Promise<void>;
}

/**
 * The stored deadlines of the active sessions, the earliest first, a page after the other; `after` is the last one
 * of the page before. What is started or comes forward meanwhile may be missing: that is armed by whoever commits it.
 */
export type PageDeadlines = (page: {
  readonly after: Alarm | null;
  readonly limit: number;
}) => Promise<readonly Alarm[]>;
