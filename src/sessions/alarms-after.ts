import type { Alarm } from './alarms.ts';
import type { Loaded, Writes } from './store.ts';

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
