import type { SessionId } from '../billing/ids.ts';
import type { Instant } from '../billing/time.ts';

/** "Settle this session at this deadline." It carries no state: losing one costs lateness, never money. */
export interface Alarm {
  readonly sessionId: SessionId;
  /** By the database's clock. */
  readonly at: Instant;
}

/** The port to the queue. Called after a commit, and no caller of a command waits for it. Where it fails, the sweep settles. */
export interface Alarms {
  /** Arms them in one operation of the queue. An alarm that is armed already stays as it is. @throws where the queue is away. */
  readonly arm: (alarms: readonly Alarm[]) => Promise<void>;
}

/**
 * The stored deadlines of the active sessions, the earliest first, in pages; `after` is the last one of the page before.
 * A deadline that is stored meanwhile may be missing: its own commit arms it.
 */
export type PageDeadlines = (page: {
  readonly after: Alarm | null;
  readonly limit: number;
}) => Promise<readonly Alarm[]>;
