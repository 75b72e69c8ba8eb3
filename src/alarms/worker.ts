import { DelayedError, type Job, MetricsTime, UnrecoverableError } from 'bullmq';
import { createInFlight } from '../async/in-flight.ts';
import { sleep } from '../async/sleep.ts';
import { withTimeout } from '../async/timeout.ts';
import type { Deadlines } from '../sessions/alarms.ts';
import { AccountBusy, type OverdueSession, StoreUnavailable } from '../sessions/store.ts';
import { JOB_NAMES, parseAlarm } from './job.ts';
import type { Report } from './notices.ts';
import { processAlarm, type ProcessorParts } from './processor.ts';
import { openQueues, type QueueSettings } from './queues.ts';
import { watchForStuck } from './stuck-check.ts';
import { createUpkeep, isSwept, type Upkeep } from './upkeep.ts';

export interface AlarmWorkerOptions extends Pick<ProcessorParts, 'settle' | 'arm'> {
  readonly queue: QueueSettings;
  readonly deadlines: Deadlines;
  /** Null = none. */
  readonly audit: NightlyAuditJob | null;
  readonly report: Report;
  /** This worker does not take what is due. End the process: a new one will. */
  readonly onStuck: (reason: string) => void;
  /** Alarms in flight at the same time. @default 50 */
  readonly concurrency?: number;
  /** After this time without a sign of life of its worker, a job is given to another at the next check. @default 10_000 */
  readonly lockDurationMs?: number;
  /** @default 5_000 */
  readonly stalledIntervalMs?: number;
}

export interface NightlyAuditJob {
  /** In UTC. */
  readonly atHour: number;
  /** What the board shows of it is what this answers. */
  readonly run: (atHour: number) => Promise<object>;
}

export interface AlarmWorker {
  /** The sweep settled these: leaves word on their jobs, and arms all sessions where one had no job. Never rejects. */
  readonly swept: (sessions: readonly OverdueSession[]) => Promise<void>;
  /** Takes no further job and resolves when those in flight are done. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/** Between two questions whether the queue was emptied. */
const LOST_CHECK_MS = 1_000;
/** How long a close waits for a question of the upkeep. */
const UPKEEP_TIMEOUT_MS = 1_000;
/** While the database is away, a job comes back after this time, and up to half as much again. */
const PUT_OFF_MS = 1_000;

export async function createAlarmWorker(options: AlarmWorkerOptions): Promise<AlarmWorker> {
  const { audit, report, arm, deadlines, concurrency = 50 } = options;
  const queues = await openQueues(options.queue, 'worker', report);
  const queue = await queues.openQueue();
  const upkeep = createUpkeep(queue, { deadlines, arm, report, auditAtHour: audit?.atHour ?? null });
  const inFlight = createInFlight();
  const closing = new AbortController();
  let taken = 0;

  async function process(job: Job<unknown>, token?: string): Promise<object> {
    taken += 1;
    try {
      return await inFlight.track(run(job, token, { ...options, upkeep }));
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || error instanceof AccountBusy) throw error;
      report({ kind: 'alarm_put_off', jobId: job.id ?? '', error });
      return putOff(job, token, PUT_OFF_MS * (1 + Math.random() / 2));
    }
  }

  const worker = await queues.openWorker(process, {
    concurrency,
    metrics: { maxDataPoints: MetricsTime.ONE_WEEK },
    lockDuration: options.lockDurationMs ?? 10_000,
    stalledInterval: options.stalledIntervalMs ?? 5_000,
    // Settling may be repeated without harm.
    maxStalledCount: 5,
    // BullMQ waits 15 s after a lost connection unless told.
    runRetryDelay: 1_000,
  });
  worker.on('failed', (job, error) => report({ kind: 'alarm_failed', jobId: job?.id ?? '', error }));
  worker.on('stalled', (jobId) => report({ kind: 'alarm_stalled', jobId }));

  async function keepScheduled(): Promise<void> {
    let ensure = upkeep.schedule;
    while (!closing.signal.aborted) {
      try {
        await ensure();
        ensure = upkeep.scheduleIfLost;
      } catch {
        // The connection's own notices tell that the queue is away; the next second asks again.
      }
      await sleep(LOST_CHECK_MS, closing.signal);
    }
  }

  const upkeeping = Promise.all([
    keepScheduled(),
    watchForStuck(
      { queue, hasRoom: () => inFlight.count() < concurrency, taken: () => taken, onStuck: options.onStuck },
      closing.signal,
    ),
  ]);
  let closed: Promise<void> | null = null;
  return {
    swept: (sessions) => upkeep.swept(sessions).catch(() => {}),
    close: () =>
      (closed ??= (async () => {
        closing.abort();
        // First, for the jobs in flight use the queue.
        await worker.close();
        // While Redis is away, a question of the upkeep waits for ever.
        await withTimeout(upkeeping, UPKEEP_TIMEOUT_MS, 'the queue is away').catch(() => {});
        await queues.close();
      })()),
  };
}

interface JobParts extends Pick<AlarmWorkerOptions, 'settle' | 'arm' | 'deadlines' | 'audit'> {
  readonly upkeep: Upkeep;
}

/** What each job does, by its name. Its answer is what the board shows. */
function run(job: Job<unknown>, token: string | undefined, parts: JobParts): Promise<object> {
  const { upkeep, audit } = parts;
  switch (job.name) {
    case JOB_NAMES.armAll:
      return upkeep.armAll(job);
    case JOB_NAMES.tidy:
      return upkeep.tidy();
    case JOB_NAMES.audit:
      return audit === null ? Promise.resolve({ note: 'AUDIT_AT_HOUR is off' }) : audit.run(audit.atHour);
    default:
      return settleFor(job, token, parts);
  }
}

async function settleFor(
  job: Job<unknown>,
  token: string | undefined,
  { settle, arm, deadlines }: JobParts,
): Promise<object> {
  const alarm = parseAlarm(job.name, job.data);
  if (alarm === null) throw new UnrecoverableError('This job is not one of the engine: remove it.');
  const parts = { settle, settledAt: deadlines.settledAt, arm };
  const processed = await processAlarm(alarm, parts, isSwept(job.progress));
  if (processed.kind === 'done') return processed.report;
  return putOff(job, token, processed.leftMs);
}

/** The same job once more, which uses up no attempt. */
async function putOff(job: Job<unknown>, token: string | undefined, delayMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + Math.ceil(delayMs), token);
  throw new DelayedError();
}
