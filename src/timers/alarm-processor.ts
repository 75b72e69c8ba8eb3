import type { SessionId } from '../billing/ids.ts';
import { alarmDelayMs, alarmId } from './alarm-job.ts';
import type { JobInHand } from './backend.ts';
import { handleJob, type JobHandlers } from './catalogue.ts';
import type { Report } from './notice.ts';

/** What a look at a session found: it has ended, or it must be looked at again after so many ms. */
export type AlarmOutcome = { readonly kind: 'over' } | { readonly kind: 'again'; readonly delayMs: number };

/** Even an `onAlarm` that always says "again at once" must not keep a processor busy with one session. */
const minAgainMs = 10;

/** When a session's alarm must ring again; null if the session has ended. */
interface Look {
  readonly alarmId: string;
  readonly againMs: number | null;
}

/** A job in hand, as much of it as the look at its session needs. */
export type AlarmInHand = JobInHand;

export interface ProcessorOptions {
  /** Looks at the session and does whatever is due. */
  readonly onAlarm: (sessionId: SessionId) => Promise<AlarmOutcome>;
  /** Give or take a quarter. @default 5_000 */
  readonly retryAfterMs?: number;
  /** From 0 to 1, 1 excluded: so that alarms that failed together do not ring together again. */
  readonly random: () => number;
  readonly report: Report;
}

/** What becomes of an alarm that rang: a look at its session, and then whether it has to ring again. No queue in it. */
export function createProcessor({ onAlarm, report, random, retryAfterMs = 5_000 }: ProcessorOptions) {
  const handlers: JobHandlers<Look> = {
    'look-at-session': async ({ sessionId }) => ({
      alarmId: alarmId(sessionId),
      againMs: againMs(await onAlarm(sessionId)),
    }),
  };

  async function look({ job: { id: jobId = '', name, data } }: AlarmInHand): Promise<number | null> {
    const found = await handleJob(handlers, name, data);
    if (found === null) {
      report({ kind: 'alarm_dropped', jobId, jobName: name });
      return null;
    }
    // Another id: somebody added or edited the job by hand. One look more, not a second alarm for life.
    return found.alarmId === jobId ? found.againMs : null;
  }

  return async (inHand: AlarmInHand): Promise<void> => {
    let delayMs: number | null;
    try {
      delayMs = await look(inHand);
    } catch (error) {
      report({ kind: 'alarm_failed', jobId: inHand.job.id ?? '', error });
      await inHand.note(`${new Date().toISOString()} ${String(error)}`).catch(() => {});
      delayMs = retryAfterMs * (0.75 + random() / 2);
    }
    if (delayMs !== null) inHand.putBack(delayMs);
  };
}

function againMs(outcome: AlarmOutcome): number | null {
  switch (outcome.kind) {
    case 'over':
      return null;
    case 'again':
      return Math.max(minAgainMs, alarmDelayMs(outcome.delayMs));
  }
}
