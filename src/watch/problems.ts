import { commandFor, type Installation } from './commands.ts';
import {
  type AlarmFigures,
  type DatabaseState,
  isUnacknowledged,
  type QueueState,
  workersOf,
} from './state.ts';

/** What is wrong now, the worst first. Pure: from what was found to what a person reads on a phone. */

export type ProblemCode = (typeof PROBLEM_CODES)[number];
export const PROBLEM_CODES = [
  'database_away',
  'no_worker',
  'sessions_overdue',
  'settling_fails',
  'audit_difference',
  'queue_away',
  'queue_paused',
  'alarms_failed',
  'versions_differ',
  'audit_missing',
  'redis_policy',
] as const;

export interface Problem {
  readonly code: ProblemCode;
  readonly title: string;
  /** What that means for patients and doctors. */
  readonly meaning: string;
  /** What to do: the command where there is one. */
  readonly do: string;
  /** Milliseconds since 1970; null where that is not known. */
  readonly since: number | null;
}

/** Null: it could not be read. */
export interface Facts {
  readonly installation: Installation;
  /** False: AUDIT_AT_HOUR is off. */
  readonly isAuditedNightly: boolean;
  /** `sinceMs`, since 1970: null where this process does not know. */
  readonly database: { readonly isAway: boolean; readonly sinceMs: number | null };
  readonly state: DatabaseState | null;
  readonly queue: {
    readonly isAway: boolean;
    readonly sinceMs: number | null;
    /** There it is away with the database, which is said already. */
    readonly livesOn: 'redis' | 'database';
  };
  readonly queueState: QueueState | null;
  readonly alarms: AlarmFigures | null;
  /** Sessions that are overdue because settling them fails. */
  readonly failing: readonly number[];
}

type Found = Omit<Problem, 'code'>;
type Check = (facts: Facts) => Found | null;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long an update may take. */
const VERSIONS_MAY_DIFFER_MS = 10 * MINUTE_MS;
/** A night is audited once a day; two hours more for the audit itself. */
const AUDIT_WITHIN_MS = 26 * HOUR_MS;

export const problemsOf = (facts: Facts): readonly Problem[] =>
  PROBLEM_CODES.flatMap((code) => {
    const found = CHECKS[code](facts);
    return found === null ? [] : [{ code, ...found }];
  });

const CHECKS: Readonly<Record<ProblemCode, Check>> = {
  database_away: ({ database, installation }) =>
    database.isAway
      ? {
          title: 'The database does not answer',
          meaning:
            'No session can start, go on or end. Nothing is lost: what is due meanwhile is written as soon as it is back, at its own time and for the same units.',
          do: commandFor('database', installation),
          since: database.sinceMs,
        }
      : null,

  no_worker: ({ state, installation }) =>
    state !== null && workersOf(state).length === 0
      ? {
          title: 'No worker is running',
          meaning:
            'Nobody takes units or ends sessions when they are due. The amounts stay right: a worker writes what is due, at its own time, as soon as it runs.',
          do: commandFor('worker', installation),
          since: state.workerSeenAt,
        }
      : null,

  sessions_overdue: ({ state, installation }) => {
    if (state === null || state.sessions.overdue === 0) return null;
    const { overdue, overdueSince } = state.sessions;
    const isServed = workersOf(state).length > 0;
    return {
      title: overdue === 1 ? '1 session is overdue' : `${overdue} sessions are overdue`,
      meaning: `A worker should have charged or ended ${overdue === 1 ? 'it' : 'them'}; the oldest waits for ${durationOf(state.now - (overdueSince ?? state.now))}. The amounts stay right, only late.`,
      do: commandFor(isServed ? 'slow_worker' : 'worker', installation),
      since: overdueSince,
    };
  },

  settling_fails: ({ failing, state, installation }) => {
    const [first] = failing;
    if (first === undefined) return null;
    const named = failing.map((id) => `session ${id}`).join(', ');
    return {
      title:
        failing.length === 1
          ? `Session ${first} cannot be settled`
          : `${failing.length} sessions cannot be settled`,
      meaning: `A worker tries again and again, and fails: ${named}. Neither is charged nor ends until it succeeds; all others go on. The log of the worker says why.`,
      do: commandFor('worker_log', installation),
      since: state?.sessions.overdueSince ?? null,
    };
  },

  audit_difference: ({ state, installation }) => {
    const last = state?.lastAudit ?? null;
    if (last === null || !isUnacknowledged(last)) return null;
    return {
      title: `The audit found ${last.differences === 1 ? '1 difference' : `${last.differences} differences`}`,
      meaning: `In the night of ${last.night}, something was stored differently from what the rules demand. Find out why before you correct it, then acknowledge it on the page Audit.`,
      do: commandFor('audit', installation),
      since: last.finishedAt,
    };
  },

  queue_away: ({ queue, database, installation }) =>
    queue.isAway && !(queue.livesOn === 'database' && database.isAway)
      ? {
          title: 'The queue does not answer',
          meaning:
            'No alarm rings. The workers look for what is due every few seconds instead, so sessions are settled up to 8 s late. The amounts stay right.',
          do: commandFor(queue.livesOn === 'redis' ? 'redis' : 'database', installation),
          since: queue.sinceMs,
        }
      : null,

  queue_paused: ({ queueState }) => {
    const restrictions = queueState?.restrictions ?? [];
    return restrictions.length === 0
      ? null
      : {
          title: `The queue is ${restrictions.join(' and ')}`,
          meaning:
            'Somebody did that on the board. Alarms ring late or not at all; the workers look for what is due every few seconds instead. The amounts stay right.',
          do: 'Open /admin/queues and choose Resume, or lift the limit there',
          since: null,
        };
  },

  alarms_failed: ({ alarms }) =>
    alarms === null || alarms.failed === 0
      ? null
      : {
          title: alarms.failed === 1 ? '1 alarm has failed' : `${alarms.failed} alarms have failed`,
          meaning:
            'Each is tried five times. The workers go on trying to settle its session; what they settle is taken off this list by itself.',
          do: 'Open /admin/queues, read why under Failed, and choose Retry all',
          since: null,
        },

  versions_differ: ({ state, installation }) => {
    const since = state === null ? null : versionsDifferSince(state);
    if (state === null || since === null || state.now - since <= VERSIONS_MAY_DIFFER_MS) return null;
    const versions = [...new Set(state.processes.map(({ version }) => version))].toSorted();
    return {
      title: `Versions ${versions.join(' and ')} run side by side`,
      meaning:
        'An update did not reach every process. They work together, but not for ever: bring them all to the same version.',
      do: commandFor('update', installation),
      since,
    };
  },

  audit_missing: ({ state, installation, isAuditedNightly }) => {
    if (!isAuditedNightly || state === null || state.oldestStart === null) return null;
    const last = Math.max(state.oldestStart, state.lastAudit?.finishedAt ?? 0);
    if (state.now - last <= AUDIT_WITHIN_MS) return null;
    return {
      title: 'No audit was finished for 26 hours',
      meaning:
        'Nobody has checked lately that the ledger follows from what was done. A worker does it every night, and catches up soon after its start.',
      do: commandFor(workersOf(state).length === 0 ? 'worker' : 'slow_worker', installation),
      since: last + AUDIT_WITHIN_MS,
    };
  },

  redis_policy: ({ queueState }) => {
    const flaws = queueState?.redisFlaws ?? [];
    return flaws.length === 0
      ? null
      : {
          title: 'Redis may lose alarms',
          meaning: `${flaws.map(({ text }) => text).join(' ')} A lost alarm costs lateness, never money.`,
          do: flaws.map(({ setting, wanted }) => `redis-cli CONFIG SET ${setting} ${wanted}`).join(' && '),
          since: null,
        };
  },
};

/** When the first process of a second version started; null where all have the same. */
export function versionsDifferSince({ processes }: DatabaseState): number | null {
  const firstStart = new Map<string, number>();
  for (const { version, startedAt } of processes)
    firstStart.set(version, Math.min(startedAt, firstStart.get(version) ?? startedAt));
  return firstStart.size < 2 ? null : Math.max(...firstStart.values());
}

/** `2 min 5 s`: the two largest units, cut off. */
export function durationOf(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor(seconds / 60) % 60} min`;
}
