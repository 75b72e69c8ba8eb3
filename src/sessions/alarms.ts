import type { SessionId } from '../billing/ids.ts';
import type { Instant } from '../billing/time.ts';

/** An alarm means only "look at this session again". It carries no state: losing one costs lateness, never money. */
export interface Alarm {
  readonly sessionId: SessionId;
  /** From now, in ms; 0 or more. Relative, so that the queue's clock and the database's need not agree. */
  readonly delayMs: number;
}

/** What is left of a delay. A clock is read, a commit made, and only then is an alarm set: it rings at its time all the same. */
export const remainingMs = (delayMs: number, passedMs: number): number => Math.max(0, delayMs - passedMs);

/** The same alarms, so many ms after the clock was read from which their delays count. */
export const aged = (alarms: readonly Alarm[], passedMs: number): readonly Alarm[] =>
  alarms.map(({ sessionId, delayMs }) => ({ sessionId, delayMs: remainingMs(delayMs, passedMs) }));

/**
 * The port behind which the queue lives. Called after a commit, never inside a transaction, and never
 * awaited by the caller of a command. Each method may fail (queue away): the sweep covers for it.
 */
export interface Alarms {
  /** Arms each session that has no alarm yet; where one is armed already, nothing changes. One queue operation for all. */
  arm(alarms: readonly Alarm[]): Promise<void>;
  /** Brings the armed alarm of each session forward; arms it where there is none. */
  bringForward(alarms: readonly Alarm[]): Promise<void>;
}

/** An active session, with the time until its stored deadline by the database's clock. */
export interface ArmableSession extends Alarm {
  readonly nextDeadlineAt: Instant;
}

/**
 * The active sessions, the one that is due first at the head, a page after the other; `after` is the last one of the
 * page before. What is started or comes forward meanwhile may be missing: that is armed by whoever commits it.
 */
export type PageDeadlines = (page: {
  readonly after: ArmableSession | null;
  readonly limit: number;
}) => Promise<readonly ArmableSession[]>;
