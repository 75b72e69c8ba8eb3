import type { Queue } from 'bullmq';
import { alarmQueueName } from './alarm-job.ts';
import { upkeepQueueName } from './keep-armed.ts';
import type { Report } from './notice.ts';
import { openQueues } from './open-queue.ts';
import type { QueueSettings } from './queue-settings.ts';

export interface QueueCounts {
  readonly queue: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly failed: number;
}

export type Ping = { readonly kind: 'up' } | { readonly kind: 'down'; readonly error: unknown };

export interface InspectableQueues {
  /** For the board's adapters. Whatever is done to a job there causes another look at its session, at most. */
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
  const alarms = await openQueue(alarmQueueName);
  const queues = [alarms, await openQueue(upkeepQueueName)];
  return {
    queues,
    counts: () => Promise.all(queues.map(countJobs)),
    ping: (timeoutMs) => answersWithin(alarms.isPaused(), timeoutMs),
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

async function answersWithin(answer: Promise<unknown>, timeoutMs: number): Promise<Ping> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The queue did not answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([answer, tooLate]);
    return { kind: 'up' };
  } catch (error) {
    return { kind: 'down', error };
  } finally {
    clearTimeout(timer);
  }
}
