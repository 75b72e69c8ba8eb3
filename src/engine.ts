import { createAlarms } from './alarms/producer.ts';
import { logNotices, type Notice } from './alarms/notices.ts';
import type { QueueSettings } from './alarms/queues.ts';
import { yieldEvery } from './async/yield.ts';
import { auditNight, type NightOutcome } from './audit/nightly.ts';
import { onDemand } from './audit/on-demand.ts';
import type { Difference } from './audit/difference.ts';
import type { Config } from './config.ts';
import type { ApiEngine, Auditor } from './http/app-options.ts';
import { openLive } from './live/open-live.ts';
import type { Logger } from './ops/log.ts';
import { createMetrics, type Metrics } from './ops/metrics.ts';
import type { Alarms, Deadlines } from './sessions/alarms.ts';
import { createHandlers } from './sessions/commands/handlers.ts';
import { createExecutor } from './sessions/executor.ts';
import { createFastPath } from './sessions/fast-path.ts';
import { createPreview } from './sessions/preview.ts';
import { createReads } from './sessions/reads.ts';
import { type SweepParts, type SweepRound, sweepOnce } from './sessions/sweep.ts';
import { type Database, type DatabaseAudit, openDatabase } from './storage/database.ts';
import type { ProcessStore } from './watch/presence.ts';
import type { WatchedDatabase } from './watch/state.ts';

/** The whole engine of one process, put together. It builds; it decides nothing. */
export interface Engine extends ApiEngine {
  readonly auditor: Auditing;
  /** One round of the sweep; ends after its page when it is aborted. */
  readonly sweepOnce: (closing: AbortSignal) => Promise<SweepRound>;
  readonly arm: Alarms['arm'];
  /** For a worker. */
  readonly deadlines: Deadlines;
  readonly processes: ProcessStore;
  /** What `src/watch` reads. */
  readonly watched: WatchedDatabase;
  readonly metrics: Metrics;
  readonly queue: QueueSettings;
  /** Takes what the queue reports, for the metrics and the log. */
  readonly report: (notice: Notice) => void;
  /** @throws where the database does not answer. */
  readonly pingDatabase: () => Promise<void>;
  /** Waits for everything under way, then closes every connection. */
  readonly close: () => Promise<void>;
}

/** How long an audit may compute before it lets other work of the process run. */
const AUDIT_SLICE_MS = 5;

/** A session counts as overdue once the sweep should have seen it. */
const OVERDUE_GRACE_MS = 10_000;

/** `followers`: whether clients can follow sessions in this process, or it only wakes the followers of others. */
export async function openEngine(
  config: Config,
  name: string,
  log: Logger,
  followers: 'heard' | 'elsewhere',
): Promise<Engine> {
  const database = openDatabase({
    url: config.databaseUrl,
    maxConnections: config.databaseConnections,
    applicationName: name,
    onConnectionLost: (error) => log.warn({ err: error }, 'A connection to the database was lost'),
  });
  const metrics = createMetrics(() => database.sessionCounts(OVERDUE_GRACE_MS), database.audit.lastRun);
  const logNotice = logNotices(log);
  const report = (notice: Notice): void => {
    metrics.queueNotice(notice.kind);
    logNotice(notice);
  };
  const queue = queueOf(config, database.installation);
  const alarms = await createAlarms(queue, report);
  const observer = loggingObserver(metrics.observer, log);
  const { store, records } = database;
  const live = await openLive(config, name, database.events.marks, followers, log);
  const handlers = createHandlers(config);
  const executor = createExecutor({
    transact: store.transact,
    alarms,
    wake: live.wake,
    handlers,
    observer,
  });
  const fastPath = createFastPath({
    touch: store.touch,
    execute: executor.execute,
    observer,
    wake: live.wake,
  });
  const sweep = sweepOf(store.overdue, executor.execute, log);
  const { signIns, actions, events, deadlines } = database;
  logUnusable(database, log);
  return {
    execute: executor.execute,
    preview: createPreview(database.console.read, handlers),
    recordActivity: fastPath.recordActivity,
    reads: createReads(store, records, database.console),
    events,
    hub: live.hub,
    signIns,
    actions,
    auditor: createAuditing(database.audit),
    sweepOnce: (closing) => sweepOnce(sweep, {}, closing),
    arm: alarms.arm,
    deadlines,
    processes: database.processes,
    watched: watchedPart(database),
    metrics,
    queue,
    report,
    pingDatabase: database.ping,
    close: async () => {
      await fastPath.idle();
      await executor.idle();
      await live.close();
      await alarms.close();
      await database.close();
    },
  };
}

/** Logs at once that the database cannot be used, such as a standby. The process keeps trying. */
function logUnusable({ ping }: Database, log: Logger): void {
  ping().catch((error: unknown) => {
    log.error({ err: error }, 'The database cannot be used: every call is refused until it can');
  });
}

const watchedPart = ({ ping, state, lastHour, deadlines }: Database): WatchedDatabase => ({
  ping,
  state,
  lastHour,
  firstDeadlines: (limit) => deadlines.page({ after: null, limit }),
});

const sweepOf = (
  overdue: SweepParts['overdue'],
  execute: SweepParts['execute'],
  log: Logger,
): SweepParts => ({
  overdue,
  execute,
  onFailure: (sessionId, error) =>
    log.error({ err: error, session_id: sessionId }, 'An overdue session could not be settled'),
});

const queueOf = (
  { databaseUrl, redisUrl, redisPrefix: prefix }: Config,
  installation: () => Promise<string | null>,
): QueueSettings =>
  redisUrl === null
    ? { kind: 'postgres', url: databaseUrl }
    : { kind: 'redis', url: redisUrl, prefix, installation };

const loggingObserver = (observer: Metrics['observer'], log: Logger): Metrics['observer'] => ({
  ...observer,
  batchBroken: (batch) => {
    log.warn(
      { err: batch.error, size: batch.size },
      'The database refused a batch; it is carried out in halves',
    );
    observer.batchBroken(batch);
  },
  touchFailed: (error) => {
    log.warn({ err: error }, 'The fast path for activities failed; the executor takes them');
    observer.touchFailed(error);
  },
  alarmsNotSet: (error) => {
    log.warn({ err: error }, 'Alarms could not be armed; the sweep settles those sessions');
    observer.alarmsNotSet(error);
  },
});

/** The auditor of one process, put together. */
export interface Auditing extends Auditor {
  /** Audits the night that is due, unless another worker has or does. */
  readonly night: (night: Night) => Promise<NightOutcome>;
}

export interface Night {
  /** Of the day, in UTC. */
  readonly atHour: number;
  readonly onDifference: (difference: Difference) => void;
  readonly isStopped: () => boolean;
}

export function createAuditing({ readPage, countSessions, runs }: DatabaseAudit): Auditing {
  return {
    audit: onDemand({
      readPage,
      countSessions,
      yieldToEventLoop: yieldEvery(AUDIT_SLICE_MS),
      nowMs: () => performance.now(),
    }),
    runs: runs.latest,
    acknowledge: runs.acknowledge,
    night: (night) => auditNight({ ...night, runs, readPage, yieldToEventLoop: yieldEvery(AUDIT_SLICE_MS) }),
  };
}
