import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { SettleOutcome } from '../sessions/commands.ts';
import { FAST } from './metrics.ts';

/** What a worker alone exports. */
export interface WorkerMetrics {
  readonly settled: (alarm: { outcome: SettleOutcome['kind']; durationMs: number }) => void;
  readonly sweepRound: (round: { sessions: number; failed: number; durationMs: number }) => void;
  /** A round of the sweep reached the database: this worker is alive. */
  readonly heartbeat: () => void;
}

export function createWorkerMetrics(registry: Registry): WorkerMetrics {
  const registers = [registry];
  const settled = new Histogram({
    name: 'alarm_settle_duration_seconds',
    help: 'Alarms that rang, by what the session was once it was settled.',
    labelNames: ['outcome'],
    buckets: FAST,
    registers,
  });
  const swept = new Counter({
    name: 'sweep_sessions_total',
    help: 'Overdue sessions that the sweep found, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  const heartbeat = new Gauge({
    name: 'worker_heartbeat_timestamp_seconds',
    help: 'When the worker last went through a round of its sweep.',
    registers,
  });
  // Until there is one it is left out: 0 would be a worker that stopped in 1970.
  heartbeat.remove();
  return {
    heartbeat: () => heartbeat.setToCurrentTime(),
    settled: ({ outcome, durationMs }) => settled.observe({ outcome }, durationMs / 1000),
    sweepRound: ({ sessions, failed }) => {
      swept.inc({ outcome: 'settled' }, sessions - failed);
      swept.inc({ outcome: 'failed' }, failed);
    },
  };
}
