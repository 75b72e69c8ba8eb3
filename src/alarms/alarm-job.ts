import { isId, sessionId, type SessionId } from '../billing/ids.ts';
import type { Alarm } from '../sessions/alarms.ts';

/** The queue of the alarms. BullMQ refuses ":" in a name. */
export const alarmQueueName = 'session-alarms';

export const alarmJobName = 'look-at-session';

/**
 * What an administrator may read, edit or write by hand in the board. Only the session counts: what is due is read
 * again, and the deadline says no more than what the alarm was set for.
 */
export interface AlarmData {
  readonly sessionId: SessionId;
  /** ms since 1970. */
  readonly deadline: number;
}

/**
 * One job for each deadline: a deadline is never armed twice, for BullMQ ignores an `add` whose id exists, and a job
 * that is done may be kept for the board, for the next deadline is another job.
 */
export const alarmId = ({ sessionId: id, at }: Alarm): string => `session-${id}-${at}`;

export function alarmJob(alarm: Alarm, nowMs: number) {
  const data: AlarmData = { sessionId: alarm.sessionId, deadline: alarm.at };
  // BullMQ adds the delay to its own clock's time, so a wrong clock of ours cancels out, but for a deadline in its past.
  const opts = { ...again, jobId: alarmId(alarm), delay: Math.max(0, alarm.at - nowMs) };
  return { name: alarmJobName, data, opts };
}

/** A look that fails is repeated after 1, 2, 4 and 8 s; then its job stays among the failed ones, and the sweep settles. */
const again = { attempts: 5, backoff: { type: 'exponential', delay: 1_000, jitter: 0.25 } };

/** Null where it is no alarm: somebody edited it, or added it by hand. Fields that nobody asked for are ignored. */
export function parseAlarm(data: unknown): AlarmData | null {
  if (typeof data !== 'object' || data === null || !('sessionId' in data) || !isId(data.sessionId))
    return null;
  const deadline = 'deadline' in data && typeof data.deadline === 'number' ? data.deadline : 0;
  return { sessionId: sessionId(data.sessionId), deadline };
}
