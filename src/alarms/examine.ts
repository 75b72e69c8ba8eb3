import { withTimeout } from '../async/timeout.ts';
import type { Away, QueueFindings } from '../watch/doctor.ts';
import { countJobs, restrictionsOf } from './board.ts';
import type { Notice } from './notices.ts';
import { openQueues, type QueueSettings } from './queues.ts';

const LIMIT_MS = 3_000;
const NO_ANSWER = 'no answer in time';

/** The queue as `npm run doctor` finds it. Writes nothing there. Never rejects. */
export async function examineQueue(settings: QueueSettings): Promise<Omit<QueueFindings, 'active'> | Away> {
  let heard: string | null = null;
  const report = (notice: Notice): void => {
    if ('error' in notice) heard = messageOf(notice.error);
  };
  try {
    return await withTimeout(find(settings, report), LIMIT_MS, NO_ANSWER);
  } catch (error) {
    // What the connection says tells more than that an operation failed without it.
    return { kind: 'away', why: heard ?? messageOf(error) };
  }
}

async function find(
  settings: QueueSettings,
  report: (notice: Notice) => void,
): Promise<Omit<QueueFindings, 'active'>> {
  const { openQueue, redisFlaws, close } = await openQueues(settings, 'inspection', report);
  try {
    const queue = await openQueue({ skipMetasUpdate: true });
    const [restricted, flaws, jobs, schedulers] = await Promise.all([
      restrictionsOf(queue),
      redisFlaws(),
      countJobs(queue),
      queue.getJobSchedulersCount(),
    ]);
    const waiting = jobs.waiting + jobs.delayed;
    return {
      kind: 'up',
      restrictions: restricted.map(({ restriction }) => restriction),
      redisFlaws: flaws,
      alarms: { waiting, failed: jobs.failed },
      // The jobs that come again and again are none of a session.
      held: waiting + jobs.active - schedulers,
    };
  } finally {
    void close().catch(() => {});
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
