import type { Queue } from 'bullmq';
import { withTimeout } from '../async/timeout.ts';
import type { Report } from './notices.ts';
import { openQueues, type QueueSettings } from './queues.ts';

export interface QueueCounts {
  readonly queue: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly failed: number;
}

export type Ping = { readonly kind: 'up' } | { readonly kind: 'down'; readonly error: unknown };

export interface InspectableQueues {
  /** For the board's adapters. Whatever is done to a job there settles its session once more, at most. */
  readonly queues: readonly Queue[];
  /**
   * Of each queue. Rejects when the queue is away. On PostgreSQL it counts rows: ask every few seconds, not each
   * request.
   */
  counts(): Promise<readonly QueueCounts[]>;
  /** Whether the queue answers within this time. Never rejects. */
  ping(timeoutMs: number): Promise<Ping>;
  readonly close: () => Promise<void>;
}

/** A connection of its own, so that a big page of the board is never in front of an alarm to be armed. */
export async function createInspectableQueues(
  settings: QueueSettings,
  report: Report,
): Promise<InspectableQueues> {
  const { openQueue, close } = await openQueues(settings, 'inspection', report);
  const queue = await openQueue();
  const queues = [queue];
  return {
    queues,
    counts: () => Promise.all(queues.map(countJobs)),
    ping: async (timeoutMs) => {
      try {
        await withTimeout(queue.isPaused(), timeoutMs, `The queue did not answer within ${timeoutMs} ms`);
        return { kind: 'up' };
      } catch (error) {
        return { kind: 'down', error };
      }
    },
    close,
  };
}

async function countJobs(queue: Queue): Promise<QueueCounts> {
  const counts = await queue.getJobCounts('waiting', 'delayed', 'active', 'failed');
  return {
    queue: queue.name,
    waiting: counts['waiting'] ?? 0,
    delayed: counts['delayed'] ?? 0,
    active: counts['active'] ?? 0,
    failed: counts['failed'] ?? 0,
  };
}
