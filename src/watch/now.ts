import { cached } from '../async/cached.ts';
import { withTimeout } from '../async/timeout.ts';
import type { Installation } from './commands.ts';
import { type Facts, type Problem, problemsOf } from './problems.ts';
import type {
  AlarmFigures,
  DatabaseState,
  LastHour,
  QueueState,
  WatchedDatabase,
  WatchedQueue,
} from './state.ts';

/** Whether all is well, and the figures for it. Null: it could not be read. */
export interface Now {
  /** By the database's clock; by this machine's where that is away. Milliseconds since 1970. */
  readonly serverTime: number;
  /** The worst first. */
  readonly problems: readonly Problem[];
  readonly state: DatabaseState | null;
  readonly lastHour: LastHour | null;
  readonly alarms: AlarmFigures | null;
}

export interface NowParts {
  readonly database: WatchedDatabase;
  readonly queue: WatchedQueue;
  readonly installation: Installation;
  /** False: AUDIT_AT_HOUR is off. */
  readonly isAuditedNightly: boolean;
  /** When the database last answered this process, since 1970; null where it never has. */
  readonly databaseSeenAtMs: () => number | null;
  /** When the queue was lost, since 1970; null where it is there, or that is not known. */
  readonly queueLostAtMs: () => number | null;
  readonly queueLivesOn: Facts['queue']['livesOn'];
}

/** The answer comes within these two together; the parts that did not come in time are null. */
const ANSWER_MS = 1_500;
const SECOND_ANSWER_MS = 400;
/** How long an answer is used for everybody who asks this process. */
const CACHED_MS = 1_000;
/** The most overdue sessions that are checked for settling that fails. */
const CHECKED_SESSIONS = 20;

/**
 * How long a slow answer is used: a hundred times as long as it took, but at most ten seconds. With ten thousand live
 * sessions, 60,000 deductions an hour, counting those takes some 70 ms.
 */
const useFor = (tookMs: number): number => Math.min(10_000, Math.max(CACHED_MS, 100 * tookMs));

/** Asks the database and the queue, at most once a second for all callers together. Never rejects. */
export function createNow(parts: NowParts): () => Promise<Now> {
  const { database, queue } = parts;
  const lastHour = cached(database.lastHour, useFor);
  const figures = cached(queue.figures, useFor);

  async function failing(
    state: DatabaseState | null,
    queueState: QueueState | null,
  ): Promise<Facts['failing']> {
    if (state === null || queueState === null || state.sessions.overdue === 0) return [];
    const first = await database.firstDeadlines(Math.min(CHECKED_SESSIONS, state.sessions.overdue));
    return queue.failing(first);
  }

  async function readNow(): Promise<Now> {
    const [isAnswered, state, hour, queueState, alarms] = await Promise.all([
      inTime(database.ping().then(() => true)),
      inTime(database.state()),
      inTime(lastHour()),
      inTime(queue.state()),
      inTime(figures()),
    ]);
    const isAway = isAnswered === null || state === null;
    const facts: Facts = {
      installation: parts.installation,
      isAuditedNightly: parts.isAuditedNightly,
      database: { isAway, sinceMs: isAway ? parts.databaseSeenAtMs() : null },
      state,
      queue: {
        isAway: queueState === null,
        sinceMs: parts.queueLostAtMs(),
        livesOn: parts.queueLivesOn,
      },
      queueState,
      alarms,
      failing: (await inTime(failing(state, queueState), SECOND_ANSWER_MS)) ?? [],
    };
    return {
      serverTime: state?.now ?? Date.now(),
      problems: problemsOf(facts),
      state,
      // What was counted before the outage is not shown as if it were true now.
      lastHour: isAway ? null : hour,
      alarms: queueState === null ? null : alarms,
    };
  }

  return cached(readNow, () => CACHED_MS);
}

/** Null where it failed, or took too long. */
const inTime = <T>(answer: Promise<T>, timeoutMs = ANSWER_MS): Promise<T | null> =>
  withTimeout(answer, timeoutMs, 'no answer in time').catch(() => null);
