import { isId, sessionId as sessionIdOf, type SessionId } from '../billing/ids.ts';
import type { Alarm } from '../sessions/alarms.ts';
import type { JobCatalogue, JobName } from './catalogue.ts';

/** An alarm may be early, never late, so a longer wait is cut to a day: the look then finds nothing due. */
const maxDelayMs = 24 * 60 * 60 * 1_000;

/**
 * The stable id of a session's alarm: a session has one job for its whole life. BullMQ refuses ":" and
 * ids of digits alone, and it silently ignores an `add` whose id exists: here that is what makes arming
 * idempotent, and the reason why a finished or failed alarm is never kept.
 */
export const alarmId = (id: SessionId): string => `${idPrefix}${id}`;

const idPrefix = 'session-';

/** The session whose alarm has this id; null if the id is of no alarm. */
export function sessionOfAlarm(jobId: string): SessionId | null {
  const number = jobId.startsWith(idPrefix) ? Number(jobId.slice(idPrefix.length)) : Number.NaN;
  // Another way to write the number would be another job for the same session.
  return isId(number) && jobId === `${idPrefix}${number}` ? sessionIdOf(number) : null;
}

interface AlarmJob {
  readonly name: JobName;
  readonly data: JobCatalogue['look-at-session'];
  readonly opts: { readonly jobId: string; readonly delay: number };
}

export function alarmJob({ sessionId, delayMs }: Alarm): AlarmJob {
  return {
    name: 'look-at-session',
    data: { sessionId },
    opts: { jobId: alarmId(sessionId), delay: alarmDelayMs(delayMs) },
  };
}

/** Whole ms, rounded up so that the alarm never rings just before its deadline; 0 to one day. */
export function alarmDelayMs(delayMs: number): number {
  if (Number.isNaN(delayMs)) throw new RangeError('The delay of an alarm must be a number of ms, got NaN');
  return Math.min(maxDelayMs, Math.max(0, Math.ceil(delayMs)));
}
