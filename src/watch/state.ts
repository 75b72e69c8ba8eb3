import type { SessionId } from '../billing/ids.ts';
import type { Instant } from '../billing/time.ts';
import type { Alarm } from '../sessions/alarms.ts';
import type { ThisProcess } from './presence.ts';

/** What the database and the queue answer. */

export interface RunningProcess extends ThisProcess {
  readonly startedAt: Instant;
  readonly seenAt: Instant;
}

export interface SessionFigures {
  readonly active: number;
  /** To be settled within a minute. */
  readonly due: number;
  /** Should have been settled by now. */
  readonly overdue: number;
  /** When the oldest of those should have been; null where there is none. */
  readonly overdueSince: Instant | null;
}

/** Of the last night that was audited to its end. */
export interface LastAudit {
  readonly night: string;
  readonly finishedAt: Instant;
  readonly sessions: number;
  readonly differences: number;
  readonly isAcknowledged: boolean;
}

/** What the database answers, at one instant of its clock. */
export interface DatabaseState {
  readonly now: Instant;
  readonly sessions: SessionFigures;
  /** Those that were seen within the last 6 s. */
  readonly processes: readonly RunningProcess[];
  /** When a worker was last seen; null where none ever was. */
  readonly workerSeenAt: Instant | null;
  readonly lastAudit: LastAudit | null;
  /** The start of the oldest session; null where there is none. */
  readonly oldestStart: Instant | null;
}

export const workersOf = ({ processes }: DatabaseState): readonly RunningProcess[] =>
  processes.filter(({ kind }) => kind === 'worker');

/** Whether it found differences that no admin has acknowledged. */
export const isUnacknowledged = ({ differences, isAcknowledged }: LastAudit): boolean =>
  differences > 0 && !isAcknowledged;

export interface MinuteFigures {
  /** The start of the minute. */
  readonly at: Instant;
  readonly deductions: number;
  /** Null below 100 deductions: too few for a percentile. */
  readonly latenessP99Ms: number | null;
}

/** Deductions by when they were written, this minute and the 59 before it. */
export interface LastHour extends Omit<MinuteFigures, 'at'> {
  /** Null where there was none. */
  readonly latenessP50Ms: number | null;
  /** 60, the oldest first. */
  readonly minutes: readonly MinuteFigures[];
}

/** A setting of Redis with which it may lose alarms. */
export interface RedisFlaw {
  /** By Redis's own name, and what it should be. */
  readonly setting: 'maxmemory-policy' | 'appendonly';
  readonly wanted: string;
  /** What it is now. */
  readonly found: string;
  /** What can happen, and what to set. */
  readonly text: string;
}

export interface QueueState {
  /** What delays it although it answers: each completes "the queue is …". */
  readonly restrictions: readonly string[];
  readonly redisFlaws: readonly RedisFlaw[];
}

export interface AlarmFigures {
  /** For their time, or for a worker. */
  readonly waiting: number;
  readonly failed: number;
}

/** The port to the queue. Each call rejects where it is away. */
export interface WatchedQueue {
  readonly state: () => Promise<QueueState>;
  readonly figures: () => Promise<AlarmFigures>;
  /** Those of the alarms that were tried and have failed. */
  readonly failing: (alarms: readonly Pick<Alarm, 'sessionId' | 'at'>[]) => Promise<readonly SessionId[]>;
}

/** The port to the database. Each call rejects where it is away. */
export interface WatchedDatabase {
  /** Also rejects where it cannot be written. */
  readonly ping: () => Promise<void>;
  readonly state: () => Promise<DatabaseState>;
  readonly lastHour: () => Promise<LastHour>;
  /** The deadlines that come first, or should have come. */
  readonly firstDeadlines: (limit: number) => Promise<readonly Alarm[]>;
}
