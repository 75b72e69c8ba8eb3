import type { SessionId } from '../src/billing/ids.ts';
import type { Log, Report } from '../src/alarms/notices.ts';
import { type AlarmWorkerOptions, createAlarmWorker } from '../src/alarms/worker.ts';
import { TimeoutError, withTimeout } from '../src/async/timeout.ts';
import type { WorkerMetrics } from '../src/ops/worker-metrics.ts';
import type { SettleOutcome } from '../src/sessions/commands.ts';
import { startSweep, type SweepOptions } from './sweep.ts';

export interface WorkerOptions
  extends
    Pick<AlarmWorkerOptions, 'queue' | 'settle' | 'arm' | 'deadlines' | 'audit' | 'concurrency'>,
    Pick<SweepOptions, 'sweepOnce'> {
  readonly log: Log;
  /** Takes what the queue reports, for the metrics and the log. */
  readonly report: Report;
  /** What the metrics count. Called for each event, however many there are. */
  readonly metrics: WorkerMetrics;
  /** Called when this worker does not take what is due: end the process, and a new one will. */
  readonly onStuck: () => void;
  readonly sweepIntervalMs?: number;
  /** The most that closing may take. @default 10_000 */
  readonly closeTimeoutMs?: number;
}

/** Timed out: something did not finish. Exit all the same: another worker does what was in flight. */
export type Closed = { readonly kind: 'closed' } | { readonly kind: 'timed_out' };

export interface RunningWorker {
  /**
   * Takes no further alarm, finishes those in flight and the sweep's page, then closes the connections.
   * Bounded: while Redis is away, BullMQ would try for ever to finish a job. Safe to repeat; never rejects.
   */
  readonly close: () => Promise<Closed>;
}

/** The second process, without its entry: alarms and sweep, each doing nothing but calling the verbs. */
export async function runWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { log, metrics, settle, closeTimeoutMs = 10_000 } = options;
  const worker = await createAlarmWorker({
    ...options,
    settle: timed(settle, metrics),
    onStuck: (reason) => {
      log.error(
        { reason },
        'This worker takes no alarms although some are due: it ends, and a new one takes its place',
      );
      options.onStuck();
    },
  });
  const sweep = startSweep({
    sweepOnce: options.sweepOnce,
    ...(options.sweepIntervalMs === undefined ? {} : { intervalMs: options.sweepIntervalMs }),
    onRound: (round) => {
      const { settled, ...counts } = round;
      metrics.sweepRound(round);
      metrics.heartbeat();
      if (round.sessions === 0) return;
      log.warn(counts, `The sweep found ${round.sessions} overdue sessions: alarms are late or lost`);
      void worker.swept(settled);
    },
    onError: (error) => log.error({ err: error }, 'The sweep met an error; its next round follows'),
  });

  async function close(): Promise<Closed> {
    try {
      const closing = Promise.all([worker.close(), sweep.close()]);
      await withTimeout(closing, closeTimeoutMs, 'The worker did not close in time');
    } catch (error) {
      if (error instanceof TimeoutError) return { kind: 'timed_out' };
      log.error({ err: error }, 'Closing the queue failed');
    }
    return { kind: 'closed' };
  }

  let closed: Promise<Closed> | null = null;
  return { close: () => (closed ??= close()) };
}

function timed(
  settle: WorkerOptions['settle'],
  metrics: Pick<WorkerMetrics, 'settled'>,
): (sessionId: SessionId) => Promise<SettleOutcome> {
  return async (sessionId) => {
    const startMs = performance.now();
    const outcome = await settle(sessionId);
    metrics.settled({ outcome: outcome.kind, durationMs: performance.now() - startMs });
    return outcome;
  };
}
