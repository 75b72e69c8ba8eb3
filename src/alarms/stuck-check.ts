import type { Queue } from 'bullmq';
import { sleep } from '../async/sleep.ts';
import { parseAlarm } from './job.ts';

export interface StuckCheckOptions {
  readonly queue: Queue;
  /** Whether the worker could take another job. */
  readonly hasRoom: () => boolean;
  /** How many jobs it has taken so far. */
  readonly taken: () => number;
  /** Called once: this worker does not take what is due, and only a new process helps. */
  readonly onStuck: (reason: string) => void;
  /** @default 30_000 */
  readonly afterMs?: number;
  /** @default 5_000 */
  readonly everyMs?: number;
}

/**
 * Asks every few seconds whether the worker takes jobs. It is stuck where the queue answers, is not paused, and the same
 * job has been due all the time, while the worker had room and took nothing. Silence alone is normal, and a queue that is
 * away is another matter.
 */
export async function watchForStuck(options: StuckCheckOptions, closing: AbortSignal): Promise<void> {
  const { queue, hasRoom, taken, onStuck, afterMs = 30_000, everyMs = 5_000 } = options;
  let seen = { id: '', taken: 0, sinceMs: 0 };
  for (;;) {
    await sleep(everyMs, closing);
    if (closing.aborted) return;
    const id = hasRoom() ? await dueJob(queue).catch(() => null) : null;
    const nowMs = performance.now();
    if (id === null || id !== seen.id || seen.taken !== taken())
      seen = { id: id ?? '', taken: taken(), sinceMs: nowMs };
    else if (nowMs - seen.sinceMs >= afterMs) {
      const seconds = Math.round((nowMs - seen.sinceMs) / 1_000);
      return onStuck(
        `job ${id} has been due for ${seconds} s, the queue answers, and this worker takes nothing`,
      );
    }
  }
}

/** The id of a job that a worker should take now; null where there is none, or none may be taken. */
async function dueJob(queue: Queue): Promise<string | null> {
  if ((await queue.isPaused()) || (await queue.isMaxed())) return null;
  const [waiting] = await queue.getJobs(['waiting'], 0, 0, true);
  if (waiting?.id !== undefined) return waiting.id;
  // One that was started before waits for its next attempt, and nothing tells when that is.
  const [delayed] = await queue.getJobs(['delayed'], 0, 0, true);
  if (delayed?.id === undefined || delayed.attemptsStarted > 0) return null;
  const alarm = parseAlarm(delayed.name, delayed.data);
  return alarm !== null && alarm.at < Date.now() ? delayed.id : null;
}
