import type { IQueueBackend, Job } from 'bullmq';
import type { JobInHand, WorkerSettings } from './backend.ts';
import type { Report } from './notice.ts';
import { isConnectionError, queueNotice } from './queue-error.ts';
import type { Turns } from './turns.ts';

/** What a worker of BullMQ is told. */
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
    // no-op. Said here and not in each job: so it holds for a job that somebody adds by hand, too.
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  };
}

/** Lines that the board shows of one job. */
const maxNotes = 5;

export function inHand(job: Job<unknown, void>, backend: IQueueBackend, report: Report): JobInHand {
  return {
    job,
    putBack: (delayMs) => sleepInsteadOfCompleting(job, backend, delayMs, report),
    note: async (line) => void (await backend.addLog(job.id ?? '', line, maxNotes)),
  };
}

/** Each answer to the two questions of a worker's loop, "what is next?" and "wake me up", is a turn of it. */
export function tellTurns(backend: IQueueBackend, turns: Turns, loop: string): void {
  const moveToActive = backend.moveToActive.bind(backend);
  const waitForJob = backend.waitForJob.bind(backend);
  turns.begin(loop);
  backend.moveToActive = async (...question) => {
    const answer = await moveToActive(...question);
    turns.done(loop);
    return answer;
  };
  backend.waitForJob = async (...question) => {
    const answer = await waitForJob(...question);
    turns.done(loop);
    return answer;
  };
}

/**
 * BullMQ's own way, `moveToDelayed` and then a DelayedError, takes two scripts, one to move the job and one to fetch
 * the next; completing takes one that does both. Its backends can move and fetch in one as well, so what this job
 * does to complete is replaced by that. If it fails, then the job is gone, or another worker has it, or the queue is
 * away and the lock will expire: to complete or to fail the job would be wrong in each case, and nothing is done.
 */
function sleepInsteadOfCompleting(
  job: Job<unknown, void>,
  backend: IQueueBackend,
  delayMs: number,
  report: Report,
): void {
  job.moveToCompleted = async (_value, token, fetchNext = true) => {
    try {
      return await backend.moveToDelayed(job.id ?? '', Date.now(), Math.ceil(delayMs), token, {
        skipAttempt: true,
        fetchNext,
      });
    } catch (error) {
      // A lost connection has a notice of its own.
      if (!isConnectionError(error)) report(queueNotice('worker', error));
      return undefined;
    }
  };
}
