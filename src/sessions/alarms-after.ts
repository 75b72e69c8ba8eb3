import type { SessionId } from '../billing/ids.ts';
import type { Alarm } from './alarms.ts';
import type { Loaded, Writes } from './store.ts';

/**
 * The alarms that a commit calls for: one for each deadline that it stored and that was not stored before. One for a
 * deadline that is no more may ring all the same, and finds nothing due. Not so for `callers`, whose alarm is set by
 * whoever asked for the look.
 */
export function alarmsAfter(
  loaded: Loaded,
  writes: Writes,
  callers: ReadonlySet<SessionId | null>,
): readonly Alarm[] {
  return writes.sessions.flatMap(({ session, nextDeadlineAt: at }) =>
    at === null || at === loaded.counters.get(session.id)?.nextDeadlineAt || callers.has(session.id)
      ? []
      : [{ sessionId: session.id, at }],
  );
}
