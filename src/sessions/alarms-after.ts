import type { SessionId } from '../billing/ids.ts';
import { elapsedMs } from '../billing/time.ts';
import type { Alarm } from './alarms.ts';
import type { Loaded, Writes } from './store.ts';

/**
 * The alarms that a commit calls for: one for each session that started, and one brought forward where a deadline
 * came nearer. A deadline that moved away needs none: the alarm that is set fires early, and its handler looks again.
 * But where the deadline had come already, its alarm is late, maybe lost, and the sweep sees nothing of a session that
 * somebody's messages keep settling: it is armed again. Not so for `callers`, whose alarm is set by the answer.
 */
export function alarmsAfter(
  loaded: Loaded,
  writes: Writes,
  callers: ReadonlySet<SessionId | null>,
): { readonly toArm: readonly Alarm[]; readonly toBringForward: readonly Alarm[] } {
  const toArm: Alarm[] = [];
  const toBringForward: Alarm[] = [];
  for (const { session, isNew, nextDeadlineAt } of writes.sessions) {
    if (nextDeadlineAt === null) continue;
    const alarm = { sessionId: session.id, delayMs: elapsedMs(loaded.now, nextDeadlineAt) };
    const before = loaded.counters.get(session.id)?.nextDeadlineAt ?? null;
    if (isNew || (before !== null && before <= loaded.now && !callers.has(session.id))) toArm.push(alarm);
    else if (before !== null && nextDeadlineAt < before) toBringForward.push(alarm);
  }
  return { toArm, toBringForward };
}
