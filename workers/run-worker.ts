import type { SessionId } from '../src/billing/ids.ts';
import type { Alarms, PageDeadlines } from '../src/sessions/alarms.ts';
import type { SettleOutcome } from '../src/sessions/commands.ts';
import { createAlarmWorker } from '../src/alarms/alarm-worker.ts';
import { logNotices, type Log } from '../src/alarms/notice-log.ts';
import type { Notice } from '../src/alarms/notice.ts';
import type { QueueSettings } from '../src/alarms/queue-settings.ts';
import type { SettleOverdue } from '../src/sessions/sweep.ts';
import { startSweep, type SweepRound } from './sweep.ts';

export interface WorkerOptions {
  readonly queue: QueueSettings;
  /** Settles one session's account to now, and says when to look again. Safe at any time, in any number. */
  readonly settle: (sessionId: SessionId) => Promise<SettleOutcome>;
  readonly settleOverdue: SettleOverdue;
  /** Arms what the sweep found alive. */
  readonly arm: Alarms['arm'];
  /** Where all active sessions are found when the queue has lost them. Without it the sweep is left to it. */
  readonly deadlines?: PageDeadlines;
  readonly log: Log;
  /** What the metrics count. Called for each event, however many there are. */
  readonly metrics: WorkerMetrics;
  /** Called after each round of the sweep that reached the database: this worker is alive. */
  readonly heartbeat: () => Promise<void>;
  /** Alarms in hand at the same time. @default 50 */
  readonly concurrency?: number;
  readonly sweep?: { readonly intervalMs?: number; readonly graceMs?: number; readonly limit?: number };
  /** The most that closing may take. @default 10_000 */
  readonly closeTimeoutMs?: number;
}

export interface WorkerMetrics {
  readonly onLook: (look: { readonly outcome: SettleOutcome['kind']; readonly durationMs: number }) => void;
  readonly onRound: (round: SweepRound) => void;
  readonly onNotice: (notice: Notice) => void;
}

/** Timed out: something did not finish. Exit all the same: whatever was in hand is done by another worker. */
export type Closed = { readonly kind: 'closed' } | { readonly kind: 'timed_out' };

export interface RunningWorker {
  /**
   * Takes no further alarm, finishes those in hand and the sweep's page, then closes the connections.
   * Bounded; safe to repeat; never rejects.
   */
  readonly close: () => Promise<Closed>;
}

/** The second process, without its entry: alarms and sweep, each doing nothing but calling the verbs. */
export async function runWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { log, metrics, queue } = options;
  const logNotice = logNotices(log);
  const report = (notice: Notice): void => {
    metrics.onNotice(notice);
    logNotice(notice);
  };
  const worker = await createAlarmWorker({
    queue,
    report,
    onAlarm: timed(options.settle, metrics),
    concurrency: options.concurrency ?? 50,
    arm: options.arm,
    ...(options.deadlines === undefined ? {} : { deadlines: options.deadlines }),
  });
  const sweep = startSweep({
    ...options.sweep,
    settleOverdue: options.settleOverdue,
    arm: options.arm,
    onRound: (round) => reportRound(round, options),
    onError: (error) => log.error({ err: error }, 'The sweep met an error; its next round follows'),
  });
  const close = async (): Promise<void> => {
    await Promise.all([worker.close(), sweep.close()]);
  };
  let closed: Promise<Closed> | null = null;
  return {
    close: () => (closed ??= closeWithin(options.closeTimeoutMs ?? 10_000, close, log)),
  };
}

function timed(settle: WorkerOptions['settle'], metrics: WorkerMetrics): WorkerOptions['settle'] {
  return async (sessionId) => {
    const startMs = performance.now();
    const outcome = await settle(sessionId);
    metrics.onLook({ outcome: outcome.kind, durationMs: performance.now() - startMs });
    return outcome;
  };
}

function reportRound(round: SweepRound, { heartbeat, log, metrics }: WorkerOptions): void {
  metrics.onRound(round);
  if (round.sessions > 0) {
    log.warn({ ...round }, `The sweep found ${round.sessions} overdue sessions: alarms are late or lost`);
  }
  heartbeat().catch((error: unknown) => log.warn({ err: error }, 'The heartbeat of this worker failed'));
}

async function closeWithin(timeoutMs: number, close: () => Promise<void>, log: Log): Promise<Closed> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Closed>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timed_out' }), timeoutMs);
  });
  const closing = close().then(
    (): Closed => ({ kind: 'closed' }),
    (error: unknown): Closed => {
      log.error({ err: error }, 'Closing the queue failed');
      return { kind: 'closed' };
    },
  );
  const closed = await Promise.race([closing, timeout]);
  clearTimeout(timer);
  return closed;
}
