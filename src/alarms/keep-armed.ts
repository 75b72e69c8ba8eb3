import type { WorkerOptions } from 'bullmq';
import type { Alarm, Alarms, PageDeadlines } from '../sessions/alarms.ts';
import type { Report } from './notice.ts';
import type { QueueOpener } from './open-queue.ts';

/** The queue of the one job that arms all sessions. */
export const upkeepQueueName = 'session-alarms-upkeep';

const jobId = 'arm-all-sessions';
const everyMs = 1_000;
const pageSize = 5_000;

/**
 * A queue that was emptied, or is new, has lost this job with all others: so it is added every second by every worker,
 * under one id, and stays when it is done. One of them goes through the database then, and arms every session.
 */
export async function keepArmed(
  { openQueue, openWorker }: QueueOpener,
  options: Omit<WorkerOptions, 'connection'>,
  deadlines: PageDeadlines,
  arm: Alarms['arm'],
  report: Report,
): Promise<{ readonly stop: () => void }> {
  const queue = await openQueue(upkeepQueueName);
  await openWorker(
    upkeepQueueName,
    async (job) => {
      const startMs = performance.now();
      let sessions = 0;
      let after: Alarm | null = null;
      do {
        const page: readonly Alarm[] = await deadlines({ after, limit: pageSize });
        await arm(page);
        sessions += page.length;
        await job.updateProgress({ sessions });
        after = page.length < pageSize ? null : (page.at(-1) ?? null);
      } while (after !== null);
      const durationMs = Math.round(performance.now() - startMs);
      report({ kind: 'alarms_rearmed', sessions, durationMs });
      return { armed: sessions, durationMs };
    },
    { ...options, concurrency: 1 },
  );
  // The next second tries again: so one that failed is not kept.
  const add = (): void =>
    void queue.add(jobId, {}, { jobId, removeOnComplete: false, removeOnFail: true }).catch(() => {});
  add();
  const timer = setInterval(add, everyMs);
  return { stop: () => clearInterval(timer) };
}
