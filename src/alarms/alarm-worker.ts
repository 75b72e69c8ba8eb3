import { DelayedError, type Job, MetricsTime, UnrecoverableError } from 'bullmq';
import type { Alarms, PageDeadlines } from '../sessions/alarms.ts';
import { alarmQueueName, parseAlarm } from './alarm-job.ts';
import { lookAt, type Look, type LookReport } from './alarm-processor.ts';
import { keepArmed } from './keep-armed.ts';
import type { Report } from './notice.ts';
import { openQueues } from './open-queue.ts';
import type { QueueSettings } from './queue-settings.ts';

export interface AlarmWorkerOptions {
  readonly queue: QueueSettings;
  /** Alarms in hand at the same time. @default 50 */
  readonly concurrency?: number;
  /** An alarm whose worker gives no sign of life for so long is given to another, at the next round that looks for such. @default 10_000 */
  readonly lockDurationMs?: number;
  /** @default 5_000 */
  readonly stalledIntervalMs?: number;
  /** Looks at the session and does whatever is due. Called at any time, any number of times, also twice at once. */
  readonly onAlarm: Look;
  readonly arm: Alarms['arm'];
  /** To arm all sessions where the queue has lost them. Without it that is left to the sweep. */
  readonly deadlines?: PageDeadlines;
  readonly report: Report;
}

export interface AlarmWorker {
  /** Takes no further alarm and resolves when those in hand are done. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/** What the board keeps: what was done for a day, what failed for a week. In s. */
const keep = { removeOnComplete: { age: 86_400 }, removeOnFail: { age: 7 * 86_400 } };

export async function createAlarmWorker(options: AlarmWorkerOptions): Promise<AlarmWorker> {
  const { queue, onAlarm, arm, report, deadlines } = options;
  const queues = await openQueues(queue, 'worker', report);
  const shared = {
    ...keep,
    metrics: { maxDataPoints: MetricsTime.ONE_WEEK },
    lockDuration: options.lockDurationMs ?? 10_000,
    stalledInterval: options.stalledIntervalMs ?? 5_000,
    // A look may be repeated without harm.
    maxStalledCount: 5,
    // BullMQ waits 15 s after a lost connection unless told.
    runRetryDelay: 1_000,
  };

  async function process(job: Job<unknown, LookReport>, token?: string): Promise<LookReport> {
    const alarm = parseAlarm(job.data);
    if (alarm === null) throw new UnrecoverableError('This is no alarm of a session.');
    const processed = await lookAt(alarm, onAlarm, arm);
    if (processed.kind === 'done') return processed.report;
    await job.moveToDelayed(Date.now() + processed.leftMs, token);
    throw new DelayedError();
  }

  const worker = await queues.openWorker(alarmQueueName, process, {
    ...shared,
    concurrency: options.concurrency ?? 50,
  });
  worker.on('failed', (job, error) => report({ kind: 'alarm_failed', jobId: job?.id ?? '', error }));
  worker.on('stalled', (jobId) => report({ kind: 'alarm_stalled', jobId }));
  const upkeep = deadlines === undefined ? null : await keepArmed(queues, shared, deadlines, arm, report);
  let closing: Promise<void> | null = null;
  return {
    close: () =>
      (closing ??= (async () => {
        upkeep?.stop();
        await queues.close();
      })()),
  };
}
