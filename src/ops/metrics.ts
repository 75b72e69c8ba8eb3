import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Change } from '../billing/change.ts';
import { elapsedMs, type Instant } from '../billing/time.ts';
import type { Observer } from '../sessions/executor.ts';

/** What Prometheus may scrape of every process. Names of the exposition format; seconds, as its conventions ask. */
export interface Metrics {
  /** What the executor reports. The caller adds logging. */
  readonly observer: Pick<Observer, 'committed' | 'touched' | 'batchBroken' | 'alarmsNotSet' | 'touchFailed'>;
  readonly queueNotice: (kind: string) => void;
  /** Where the API, or the worker, registers what it alone exports. */
  readonly registry: Registry;
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

export interface SessionCounts {
  readonly active: number;
  readonly overdue: number;
}

/** What the last audit of a night that was finished found. */
export interface AuditOutcome {
  readonly finishedAt: number | null;
  readonly counts: { readonly differences: number };
}

/** Bounds of what takes milliseconds, in seconds. */
export const FAST = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LATENESS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export function createMetrics(
  countSessions: () => Promise<SessionCounts>,
  lastAudit: () => Promise<AuditOutcome | null> = () => Promise.resolve(null),
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // They are gauges, whose names may not end like a counter's; the same figures are there by type.
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const registers = [registry];
  const refreshGauges = sessionGauges(registers, countSessions);
  const refreshAudit = auditGauges(registers, lastAudit);
  const notices = new Counter({
    name: 'queue_notices_total',
    help: 'Notices of the queue, by kind.',
    labelNames: ['kind'],
    registers,
  });
  return {
    ...engineMetrics(registers),
    queueNotice: (kind) => notices.inc({ kind }),
    registry,
    text: async () => {
      await Promise.all([refreshGauges(), refreshAudit()]);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function engineMetrics(registers: Registry[]): Pick<Metrics, 'observer'> {
  const sizes = new Histogram({
    name: 'command_batch_size',
    help: 'Commands that shared one transaction, by path: full, or short for the fast path.',
    labelNames: ['way'],
    buckets: SIZES,
    registers,
  });
  const durations = new Histogram({
    name: 'command_batch_duration_seconds',
    help: 'From the start of a batch to its commit.',
    labelNames: ['way'],
    buckets: FAST,
    registers,
  });
  const broken = new Counter({
    name: 'command_batches_broken_total',
    help: 'Batches that the database refused and that went again in halves.',
    registers,
  });
  const alarmsNotSet = new Counter({
    name: 'alarms_not_set_total',
    help: 'Times that alarms could not be set after a commit; the sweep covers.',
    registers,
  });
  const recordChange = changeMetrics(registers);
  const observe = (way: string, batch: { readonly size: number; readonly durationMs: number }): void => {
    sizes.observe({ way }, batch.size);
    durations.observe({ way }, batch.durationMs / 1000);
  };
  return {
    observer: {
      committed: (batch) => {
        observe('full', batch);
        for (const { change, recordedAt } of batch.changes) recordChange(change, recordedAt);
      },
      touched: (batch) => observe('short', batch),
      batchBroken: () => broken.inc(),
      touchFailed: () => broken.inc(),
      alarmsNotSet: () => alarmsNotSet.inc(),
    },
  };
}

function changeMetrics(registers: Registry[]): (change: Change, recordedAt: Instant) => void {
  const started = new Counter({ name: 'sessions_started_total', help: 'Sessions started.', registers });
  const ended = new Counter({
    name: 'sessions_ended_total',
    help: 'Sessions ended, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const deductions = new Counter({
    name: 'deductions_total',
    help: 'Units taken, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const refunds = new Counter({
    name: 'refunds_total',
    help: 'Units given back, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const lateness = new Histogram({
    name: 'deadline_lateness_seconds',
    help: 'How long after a deadline it was written down: recorded time minus effective time.',
    buckets: LATENESS,
    registers,
  });
  return (change, recordedAt) => {
    switch (change.kind) {
      case 'session_started':
        started.inc();
        return;
      case 'unit_charged':
        deductions.inc({ reason: change.reason });
        if (change.reason !== 'manual_end' && change.reason !== 'admin_end')
          lateness.observe(elapsedMs(change.at, recordedAt) / 1000);
        return;
      case 'unit_refunded':
        refunds.inc({ reason: change.reason });
        return;
      case 'session_ended':
        ended.inc({ reason: change.reason });
        return;
      case 'block_entered':
      case 'hold_released':
      case 'activity_recorded':
      case 'grant_created':
      case 'grant_adjusted':
      case 'grant_validity_changed':
      case 'grant_version_set':
        return;
    }
  };
}

/**
 * Counted in the database at each scrape, before anything is rendered: the two belong together. While the database
 * is away there are no such figures, and all others stay.
 */
function sessionGauges(
  registers: Registry[],
  countSessions: () => Promise<SessionCounts>,
): () => Promise<void> {
  const active = new Gauge({ name: 'sessions_active', help: 'Live sessions.', registers });
  const overdue = new Gauge({
    name: 'sessions_overdue',
    help: 'Sessions that should have been settled by now.',
    registers,
  });
  return async () => {
    try {
      const counts = await countSessions();
      active.set(counts.active);
      overdue.set(counts.overdue);
    } catch {
      active.remove();
      overdue.remove();
    }
  };
}

/** The same for the nights: read from the database, so that every process exports them. */
function auditGauges(
  registers: Registry[],
  lastAudit: () => Promise<AuditOutcome | null>,
): () => Promise<void> {
  const differences = new Gauge({
    name: 'audit_differences',
    help: 'What the last audit of a night found to be wrong.',
    registers,
  });
  const finished = new Gauge({
    name: 'audit_last_run_timestamp_seconds',
    help: 'When the last audit of a night was finished.',
    registers,
  });
  return async () => {
    const last = await lastAudit().catch(() => null);
    if (last === null || last.finishedAt === null) {
      differences.remove();
      finished.remove();
      return;
    }
    differences.set(last.counts.differences);
    finished.set(last.finishedAt / 1000);
  };
}
