import type { IQueueBackend, Job } from 'bullmq';
import type { JobInHand, WorkerSettings } from './backend.ts';

/** What BullMQ is told on either backend. */
export function workerOptions(settings: WorkerSettings) {
  return {
    concurrency: settings.concurrency,
    lockDuration: settings.lockDurationMs,
    stalledInterval: settings.stalledIntervalMs,
    // A look may be repeated without harm, so no number of stalls is a reason to give an alarm up.
    // PostgreSQL takes a 32-bit integer.
    maxStalledCount: 2 ** 31 - 1,
    // The pause after a lost connection; BullMQ waits 15 s unless told.
    runRetryDelay: 1_000,
    // Under its stable id, a finished or failed job that is kept would make every later `arm` a silent
    // no-op. Said here and not in each job: so it holds for a job that somebody adds by hand, too, and
    // on Redis an armed session takes 440 bytes instead of 920.
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  };
}

/** Lines that the board shows of one job. */
const maxNotes = 5;

export function inHand(
  job: Job<unknown, void>,
  token: string | undefined,
  backend: IQueueBackend,
): JobInHand {
  return {
    job,
    token,
    note: async (line) => void (await backend.addLog(job.id ?? '', line, maxNotes)),
  };
}
