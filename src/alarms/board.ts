import type { Queue } from 'bullmq';
import { withTimeout } from '../async/timeout.ts';
import type { SessionId } from '../billing/ids.ts';
import type { WatchedQueue } from '../watch/state.ts';
import { alarmId } from './job.ts';
import type { Report } from './notices.ts';
import { openQueues, type QueueSettings } from './queues.ts';

export interface QueueCounts {
  readonly queue: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly failed: number;
}

export interface Restriction {
  readonly queue: string;
  /** Completes "the queue is …". */
  readonly restriction: string;
}

/** Between two notices that a queue is restricted. */
const RESTRICTION_NOTICE_MS = 60_000;

export type Ping = { readonly kind: 'up' } | { readonly kind: 'down'; readonly error: unknown };

export interface InspectableQueues {
  /** For the board's adapters. Whatever is done to a job there settles its session once more, at most. */
  readonly queues: readonly Queue[];
  /**
   * Of each queue. Rejects when the queue is away. On PostgreSQL it counts rows: ask every few seconds, not each
   * request.
   */
  counts(): Promise<readonly QueueCounts[]>;
  /** What holds the queues up although they answer. Rejects when they are away. */
  restrictions(): Promise<readonly Restriction[]>;
  /** Whether the queue answers within this time. Never rejects. */
  ping(timeoutMs: number): Promise<Ping>;
  /** For *Now*, which says whether all is well. */
  readonly watched: WatchedQueue;
  readonly close: () => Promise<void>;
}

/** A connection of its own, so that a big page of the board is never in front of an alarm to be armed. */
export async function createInspectableQueues(
  settings: QueueSettings,
  report: Report,
  noticeMs = RESTRICTION_NOTICE_MS,
): Promise<InspectableQueues> {
  const { openQueue, redisFlaws, close } = await openQueues(settings, 'inspection', report);
  const queue = await openQueue();
  const queues = [queue];
  const restrictions = async () => (await Promise.all(queues.map(restrictionsOf))).flat();
  const tell = (): void => {
    // A queue that is away says so by its connection.
    restrictions().then(
      (found) => found.forEach((one) => report({ kind: 'queue_restricted', ...one })),
      () => {},
    );
  };
  tell();
  const timer = setInterval(tell, noticeMs).unref();
  return {
    queues,
    restrictions,
    counts: () => Promise.all(queues.map(countJobs)),
    ping: async (timeoutMs) => {
      try {
        await withTimeout(queue.isPaused(), timeoutMs, `The queue did not answer within ${timeoutMs} ms`);
        return { kind: 'up' };
      } catch (error) {
        return { kind: 'down', error };
      }
    },
    watched: {
      state: async () => {
        const [restricted, flaws] = await Promise.all([restrictions(), redisFlaws()]);
        return { restrictions: restricted.map(({ restriction }) => restriction), redisFlaws: flaws };
      },
      figures: () => figuresOf(queue),
      failing: (alarms) => failingOf(queue, alarms),
    },
    close: () => {
      clearInterval(timer);
      return close();
    },
  };
}

export async function restrictionsOf(queue: Queue): Promise<readonly Restriction[]> {
  const [isPaused, concurrency, rateLimit] = await Promise.all([
    queue.isPaused(),
    queue.getGlobalConcurrency(),
    queue.getGlobalRateLimit(),
  ]);
  const found = [
    isPaused ? 'paused' : null,
    concurrency === null ? null : `limited to ${concurrency} at a time`,
    rateLimit === null ? null : `limited to ${rateLimit.max} in ${rateLimit.duration} ms`,
  ];
  return found.flatMap((restriction) => (restriction === null ? [] : [{ queue: queue.name, restriction }]));
}

export async function countJobs(queue: Queue): Promise<QueueCounts> {
  const counts = await queue.getJobCounts('waiting', 'delayed', 'active', 'failed');
  return {
    queue: queue.name,
    waiting: counts['waiting'] ?? 0,
    delayed: counts['delayed'] ?? 0,
    active: counts['active'] ?? 0,
    failed: counts['failed'] ?? 0,
  };
}

async function figuresOf(queue: Queue): Promise<{ readonly waiting: number; readonly failed: number }> {
  const { waiting, delayed, failed } = await countJobs(queue);
  return { waiting: waiting + delayed, failed };
}

async function failingOf(
  queue: Queue,
  alarms: Parameters<WatchedQueue['failing']>[0],
): Promise<readonly SessionId[]> {
  const jobs = await Promise.all(alarms.map((alarm) => queue.getJob(alarmId(alarm))));
  return alarms.flatMap(({ sessionId }, i) => (jobs[i]?.failedReason ? [sessionId] : []));
}
