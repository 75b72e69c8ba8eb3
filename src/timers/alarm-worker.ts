import type { SessionId } from '../billing/ids.ts';
import { alarmDelayMs, alarmId } from './alarm-job.ts';
import type { JobInHand } from './backend.ts';
import { handleJob, type JobHandlers } from './catalogue.ts';
import { chooseBackend } from './choose-backend.ts';
import type { Report } from './notice.ts';
import type { QueueSettings } from './queue-settings.ts';

/** What a look at a session found: it has ended, or it must be looked at again after so many ms. */
export type AlarmOutcome = { readonly kind: 'over' } | { readonly kind: 'again'; readonly delayMs: number };

export interface AlarmWorkerOptions {
  readonly queue: QueueSettings;
  /** Alarms in hand at the same time, per instance. @default 50 */
  readonly concurrency?: number;
  /** Queue consumers in this process. Each fetches one job after the other, so two fetch more. @default 1 */
  readonly instances?: number;
  /** An alarm whose worker gives no sign of life for so long is given to another. @default 10_000 */
  readonly lockDurationMs?: number;
  /** How often dead workers are looked for. It takes a lock and at most two such rounds. @default 5_000 */
  readonly stalledIntervalMs?: number;
  /**
   * Looks at the session and does whatever is due. Called at any time, any number of times, also twice at
   * once: it decides from what is stored. When it throws, the alarm rings again after `retryAfterMs`.
   */
  readonly onAlarm: (sessionId: SessionId) => Promise<AlarmOutcome>;
  /**
   * Give or take a quarter. It does not grow: what passes by itself was tried again by `onAlarm` already,
   * and the sweep looks about as often, too. @default 5_000
   */
  readonly retryAfterMs?: number;
  readonly report: Report;
}

export interface AlarmWorker {
  /** Takes no further alarm and resolves when those in hand are done. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/** Even an `onAlarm` that always says "again at once" must not keep a processor busy with one session. */
const minAgainMs = 10;

export async function createAlarmWorker(options: AlarmWorkerOptions): Promise<AlarmWorker> {
  const looks = new Set<Promise<unknown>>();
  const onAlarm = (id: SessionId): Promise<AlarmOutcome> => remembered(looks, options.onAlarm(id));
  const workers = await chooseBackend(options.queue).openWorkers(
    {
      instances: options.instances ?? 1,
      concurrency: options.concurrency ?? 50,
      lockDurationMs: options.lockDurationMs ?? 10_000,
      stalledIntervalMs: options.stalledIntervalMs ?? 5_000,
    },
    createProcessor({ ...options, onAlarm }),
    options.report,
  );
  const close = async (): Promise<void> => {
    await workers.close();
    // When the queue is away, BullMQ does not wait for them.
    await Promise.allSettled(looks);
  };
  let closing: Promise<void> | null = null;
  return { close: () => (closing ??= close()) };
}

async function remembered<Result>(all: Set<Promise<unknown>>, one: Promise<Result>): Promise<Result> {
  all.add(one);
  try {
    return await one;
  } finally {
    all.delete(one);
  }
}

/** When a session's alarm must ring again; null if the session has ended. */
interface Look {
  readonly alarmId: string;
  readonly againMs: number | null;
}

function createProcessor({ onAlarm, report, retryAfterMs = 5_000 }: AlarmWorkerOptions) {
  const handlers: JobHandlers<Look> = {
    'look-at-session': async ({ sessionId }) => ({
      alarmId: alarmId(sessionId),
      againMs: againMs(await onAlarm(sessionId)),
    }),
  };

  async function look({ job: { id: jobId = '', name, data } }: JobInHand): Promise<number | null> {
    const found = await handleJob(handlers, name, data);
    if (found === null) {
      report({ kind: 'alarm_dropped', jobId, jobName: name });
      return null;
    }
    // Another id: somebody added or edited the job by hand. One look more, not a second alarm for life.
    return found.alarmId === jobId ? found.againMs : null;
  }

  return async (inHand: JobInHand): Promise<void> => {
    let delayMs: number | null;
    try {
      delayMs = await look(inHand);
    } catch (error) {
      report({ kind: 'alarm_failed', jobId: inHand.job.id ?? '', error });
      await inHand.note(`${new Date().toISOString()} ${String(error)}`).catch(() => {});
      delayMs = retryAfterMs * (0.75 + Math.random() / 2);
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
