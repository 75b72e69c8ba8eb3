import { isId, sessionId, type SessionId } from '../billing/ids.ts';
import { instant, type Instant } from '../billing/time.ts';
import type { Alarm } from '../sessions/alarms.ts';

/** The one queue. Another name than the queue of earlier versions, so that old workers and new ones share nothing. */
export const QUEUE_NAME = 'session-deadlines';

/** Every job there is, by the name that the board shows. */
export const JOB_NAMES = {
  blockEnd: 'settle session: end of block',
  limit: 'settle session: limit within block',
  armAll: 'arm all sessions',
  audit: 'nightly audit',
  tidy: 'tidy up',
} as const;

/**
 * What an administrator reads on the board, and may edit or write there. Only the session counts for what is charged:
 * what is due is read again from the database.
 */
export interface AlarmData {
  readonly session: SessionId;
  readonly appointment: number;
  readonly block: number;
  /** RFC 3339. */
  readonly deadline: string;
}

/**
 * One job for each deadline. BullMQ ignores a job whose id is there, so a deadline that is armed twice has one job, and
 * one that is done and kept is in nobody's way: the next deadline is another job. No `:`, which BullMQ refuses.
 */
export const alarmId = ({ sessionId: id, at }: Pick<Alarm, 'sessionId' | 'at'>): string =>
  `session-${id}-${at}`;

/** A check that fails is repeated after about 1, 2, 4 and 8 s; then its job stands in "failed". */
const RETRY = { attempts: 5, backoff: { type: 'exponential', delay: 1_000, jitter: 0.25 } };

/** So that an alarm hardly ever rings before its deadline, by a clock that differs a little from the database's. */
const MARGIN_MS = 2;

/** `nowMs` is the clock that BullMQ adds the delay to: this process's own. */
export function alarmJob(alarm: Alarm, nowMs: number) {
  const { sessionId: session, appointmentId: appointment, block, isBlockEnd, at } = alarm;
  const data: AlarmData = { session, appointment, block, deadline: new Date(at).toISOString() };
  const delay = at <= nowMs ? 0 : at - nowMs + MARGIN_MS;
  const name = isBlockEnd ? JOB_NAMES.blockEnd : JOB_NAMES.limit;
  return { name, data, opts: { ...RETRY, jobId: alarmId(alarm), delay } };
}

/** Null where it is no alarm: somebody edited it, or added it by hand. */
export function parseAlarm(name: string, data: unknown): Pick<Alarm, 'sessionId' | 'at'> | null {
  if (name !== JOB_NAMES.blockEnd && name !== JOB_NAMES.limit) return null;
  if (typeof data !== 'object' || data === null) return null;
  if (!('session' in data) || !isId(data.session)) return null;
  if (!('deadline' in data) || typeof data.deadline !== 'string') return null;
  const at = Date.parse(data.deadline);
  return Number.isNaN(at) ? null : { sessionId: sessionId(data.session), at: instant(at) };
}

export const rfc3339 = (at: Instant): string => new Date(at).toISOString();
