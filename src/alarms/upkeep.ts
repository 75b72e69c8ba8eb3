import type { Job, Queue } from 'bullmq';
import type { SessionId } from '../billing/ids.ts';
import type { Alarm, Alarms, Deadlines } from '../sessions/alarms.ts';
import type { OverdueSession } from '../sessions/store.ts';
import { alarmId, JOB_NAMES, parseAlarm } from './job.ts';
import type { Report } from './notices.ts';

/** What keeps the queue in order: jobs like all others, which an administrator can see. */
export interface Upkeep {
  /** Sets up the jobs that come again and again, where the queue is new, was emptied, or has other settings. */
  readonly schedule: () => Promise<void>;
  /** As `schedule`, but asks only whether they are there. For every second. */
  readonly scheduleIfLost: () => Promise<void>;
  /** The sweep settled these, which an alarm should have done. */
  readonly swept: (sessions: readonly OverdueSession[]) => Promise<void>;
  readonly armAll: (job: Job) => Promise<object>;
  readonly tidy: () => Promise<object>;
}

export interface UpkeepParts {
  readonly deadlines: Deadlines;
  readonly arm: Alarms['arm'];
  /** In UTC; null = no audit. */
  readonly auditAtHour: number | null;
  readonly report: Report;
}

const DAY_MS = 86_400_000;
const TIDY_EVERY_MS = 60_000;
const ARM_PAGE = 5_000;
/** What the board keeps: for how long, and how many at most. */
export type KeptJobs = Readonly<
  Record<'completed' | 'failed', { readonly ageMs: number; readonly most: number }>
>;
const KEPT: KeptJobs = {
  completed: { ageMs: DAY_MS, most: 50_000 },
  failed: { ageMs: 7 * DAY_MS, most: 10_000 },
};
/** How many of the failed are read each time, the newest first. On PostgreSQL each job is a query, so in pages. */
const FAILED_MOST = 1_000;
const FAILED_PAGE = 100;
const REMOVED_AT_ONCE = 1_000;
/** How many of the sessions that a sweep found are searched for in the queue. */
const SWEPT_PAGE = 20;

export function createUpkeep(
  queue: Queue,
  { deadlines, arm, auditAtHour, report }: UpkeepParts,
  kept: KeptJobs = KEPT,
): Upkeep {
  async function schedule(): Promise<void> {
    await queue.upsertJobScheduler(
      'tidy-up',
      { every: TIDY_EVERY_MS },
      { name: JOB_NAMES.tidy, opts: { removeOnComplete: true, removeOnFail: true } },
    );
    if (auditAtHour === null) await queue.removeJobScheduler('nightly-audit');
    else
      await queue.upsertJobScheduler(
        'nightly-audit',
        { pattern: `0 0 ${auditAtHour} * * *`, tz: 'UTC' },
        { name: JOB_NAMES.audit },
      );
    await scheduleArmAll();
  }

  /** The one whose loss tells that all others are lost: its first run, which comes at once, arms every session. */
  async function scheduleArmAll(): Promise<void> {
    if ((await queue.getJobScheduler('arm-all-sessions')) === undefined)
      await queue.upsertJobScheduler('arm-all-sessions', { every: DAY_MS }, { name: JOB_NAMES.armAll });
  }

  return {
    schedule,
    scheduleIfLost: async () => {
      if ((await queue.getJobScheduler('arm-all-sessions')) === undefined) await schedule();
    },
    swept: async (sessions) => {
      const found = await Promise.all(
        sessions
          .slice(0, SWEPT_PAGE)
          .map(({ sessionId, nextDeadlineAt: at }) => queue.getJob(alarmId({ sessionId, at }))),
      );
      const waiting = found.flatMap((job) =>
        job === undefined || job.finishedOn !== undefined ? [] : [job],
      );
      await Promise.all(waiting.map((job) => job.updateProgress(SETTLED_BY_SWEEP)));
      // What is settled is no failure any more: at once, so that who mended it sees that.
      await Promise.all(found.flatMap((job) => (job !== undefined && hasFailed(job) ? [job.remove()] : [])));
      if (!found.includes(undefined)) return;
      const reason = 'the sweep found a session without its alarm';
      // One at a time, and before whatever is waiting.
      await queue.add(
        JOB_NAMES.armAll,
        { reason },
        { deduplication: { id: 'arm-all-sessions' }, lifo: true },
      );
    },
    armAll: (job) => armAll(job, { deadlines, arm, report }),
    tidy: async () => ({
      settled_meanwhile: await removeSettled(queue, deadlines.storedFor),
      old_completed: await removeOld(queue, 'completed', kept),
      old_failed: await removeOld(queue, 'failed', kept),
    }),
  };
}

async function armAll(
  job: Job,
  { deadlines, arm, report }: Pick<UpkeepParts, 'deadlines' | 'arm' | 'report'>,
): Promise<object> {
  const startMs = performance.now();
  let sessions = 0;
  let after: Alarm | null = null;
  do {
    const page: readonly Alarm[] = await deadlines.page({ after, limit: ARM_PAGE });
    await arm(page);
    sessions += page.length;
    await job.updateProgress({ sessions });
    after = page.length < ARM_PAGE ? null : (page.at(-1) ?? null);
  } while (after !== null);
  const durationMs = Math.round(performance.now() - startMs);
  report({ kind: 'alarms_rearmed', sessions, durationMs });
  return { sessions, duration_ms: durationMs };
}

/** Takes out of "failed" what was settled meanwhile, so that what is left says what is wrong now. */
async function removeSettled(queue: Queue, storedFor: Deadlines['storedFor']): Promise<number> {
  let removed = 0;
  for (let seen = 0; seen < FAILED_MOST; seen += FAILED_PAGE) {
    // Those that were removed have left the list.
    const failed = await queue.getFailed(seen - removed, seen - removed + FAILED_PAGE - 1);
    removed += await removeSettledOf(failed, storedFor);
    if (failed.length < FAILED_PAGE) break;
  }
  return removed;
}

async function removeSettledOf(failed: readonly Job[], storedFor: Deadlines['storedFor']): Promise<number> {
  const alarms = failed.flatMap((job) => {
    const alarm = parseAlarm(job.name, job.data);
    return alarm === null ? [] : [{ job, ...alarm }];
  });
  if (alarms.length === 0) return 0;
  const stored = await storedFor(alarms.map(({ sessionId }) => sessionId));
  const isSettled = ({ sessionId, at }: { readonly sessionId: SessionId; readonly at: number }): boolean =>
    (stored.get(sessionId) ?? Number.POSITIVE_INFINITY) > at;
  const settled = alarms.filter(isSettled);
  await Promise.all(settled.map(({ job }) => job.remove()));
  return settled.length;
}

async function removeOld(queue: Queue, state: 'completed' | 'failed', kept: KeptJobs): Promise<number> {
  const { ageMs, most } = kept[state];
  const old = await removeBefore(queue, state, ageMs);
  // The newest come first, so this one is the newest that is too many.
  const [first] = await queue.getJobs([state], most, most);
  if (first?.finishedOn === undefined) return old;
  return old + (await removeBefore(queue, state, Math.max(0, Date.now() - first.finishedOn)));
}

/** In pages: Redis does nothing else while it removes one, and an alarm that rings meanwhile is late. */
async function removeBefore(queue: Queue, state: 'completed' | 'failed', ageMs: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const page = await queue.clean(ageMs, REMOVED_AT_ONCE, state);
    removed += page.length;
    if (page.length < REMOVED_AT_ONCE) return removed;
  }
}

const hasFailed = ({ finishedOn, failedReason }: Job): boolean =>
  finishedOn !== undefined && Boolean(failedReason);

const SETTLED_BY_SWEEP = { settled_by: 'the sweep' };

/** Whether the sweep left word that it settled this deadline. */
export const isSwept = (progress: unknown): boolean =>
  typeof progress === 'object' && progress !== null && 'settled_by' in progress;
