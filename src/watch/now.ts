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

/** How it stands now. Null: it could not be read. */
export interface Now {
  /** By the database's clock; by this machine's where that is away. Since 1970. */
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

/** Whatever is away: the answer comes within these two, and the parts that did not come in time are null. */
const ANSWER_MS = 1_500;
const SECOND_ANSWER_MS = 400;
/** For so long an answer counts, for everybody who asks this process. */
const CACHED_MS = 1_000;
/** Of the overdue sessions, so many are looked at more closely. */
const LOOKED_AT = 20;

/**
 * What is dear is asked for more seldom: it takes a hundredth of the time, but is never older than ten seconds. With ten
 * thousand live sessions, 60,000 deductions an hour, counting those takes some 70 ms.
 */
const seldom = (tookMs: number): number => Math.min(10_000, Math.max(CACHED_MS, 100 * tookMs));

/** Asks the database and the queue how it stands, at most once a second, however many ask. Never rejects. */
export function createNow(parts: NowParts): () => Promise<Now> {
  const { database, queue } = parts;
  const lastHour = cached(database.lastHour, seldom);
  const figures = cached(queue.figures, seldom);

  async function failing(
    state: DatabaseState | null,
    queueState: QueueState | null,
  ): Promise<Facts['failing']> {
    if (state === null || queueState === null || state.sessions.overdue === 0) return [];
    const first = await database.firstDeadlines(Math.min(LOOKED_AT, state.sessions.overdue));
    return queue.failing(first);
  }

  async function look(): Promise<Now> {
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
      // What was counted a while ago is not how it stands.
      lastHour: isAway ? null : hour,
      alarms: queueState === null ? null : alarms,
    };
  }

  return cached(look, () => CACHED_MS);
}

/** Null where it failed, or took too long. */
const inTime = <T>(answer: Promise<T>, timeoutMs = ANSWER_MS): Promise<T | null> =>
  withTimeout(answer, timeoutMs, 'no answer in time').catch(() => null);
