import type { SessionId } from '../billing/ids.ts';
import type { Instant } from '../billing/time.ts';
import type { Loaded, Writes } from './store.ts';

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

/**
 * The alarms that a commit calls for: one for each deadline that it stored and that was not stored before. The alarm of
 * a deadline that is no more may ring all the same, and finds nothing due.
 */
export function alarmsAfter(loaded: Loaded, writes: Writes): readonly Alarm[] {
  return writes.sessions.flatMap(({ session, nextDeadlineAt: at }) =>
    at === null || at === loaded.counters.get(session.id)?.nextDeadlineAt
      ? []
      : [{ sessionId: session.id, at }],
  );
}
