import { createAlarms } from './alarms/alarms.ts';
import { logNotices } from './alarms/notice-log.ts';
import type { Notice } from './alarms/notice.ts';
import type { QueueSettings } from './alarms/queue-settings.ts';
import { yieldEvery } from './async/yield.ts';
import { auditNight, type NightOutcome } from './audit/audit-night.ts';
import type { AuditRun } from './audit/audit-runs.ts';
import type { AuditRequest } from './audit/audit.ts';
import { type BriefAudit, briefly } from './audit/brief-audit.ts';
import type { Drift } from './audit/drift.ts';
import type { Config } from './config.ts';
import type { Logger } from './ops/log.ts';
import { createMetrics, type Metrics } from './ops/metrics.ts';
import type { Alarms, PageDeadlines } from './sessions/alarms.ts';
import { createVerbs } from './sessions/commands/handlers.ts';
import { createExecutor, type Executor } from './sessions/executor.ts';
import { type ActivityLane, createActivityLane } from './sessions/fast-path.ts';
import { createReads } from './sessions/queries.ts';
import type { Reads } from './sessions/reads.ts';
import { settleOverdue, type SweptPage } from './sessions/sweep.ts';
import { type DatabaseAudit, openDatabase } from './storage/database.ts';

/** The whole engine of one process, put together. It builds; it decides nothing. */
export interface Engine {
  readonly execute: Executor['execute'];
  readonly recordActivity: ActivityLane['recordActivity'];
  readonly reads: Reads;
  readonly auditor: Auditing;
  readonly settleOverdue: (page: SettlePage) => Promise<SweptPage>;
  readonly arm: Alarms['arm'];
  /** For a worker, to arm all sessions when the queue has lost its data. */
  readonly deadlines: PageDeadlines;
  readonly metrics: Metrics;
  readonly queue: QueueSettings;
  /** To be told what the queue has to say. */
  readonly report: (notice: Notice) => void;
  /** @throws where the database does not answer. */
  readonly pingDatabase: () => Promise<void>;
  /** Waits for everything under way, then closes every connection. */
  readonly close: () => Promise<void>;
}

type SettlePage = Parameters<typeof settleOverdue>[0];

/** So long an audit may keep a process to itself before what else is waiting has its turn. */
const AUDIT_SLICE_MS = 5;

/** A session counts as overdue once the sweep should have seen it. */
const OVERDUE_GRACE_MS = 10_000;

export async function openEngine(config: Config, name: string, log: Logger): Promise<Engine> {
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
  const queue: QueueSettings =
    config.redisUrl === null
      ? { kind: 'postgres', url: config.databaseUrl }
      : { kind: 'redis', url: config.redisUrl };
  const alarms = await createAlarms(queue, report);
  const observer = loggingObserver(metrics.observer, log);
  const { store, records } = database;
  const executor = createExecutor({ transact: store.transact, alarms, verbs: createVerbs(config), observer });
  const lane = createActivityLane({ touch: store.touch, execute: executor.execute, observer });
  // Whoever set DATABASE_URL shall read at once that it leads nowhere, or to a standby. The process waits for a better one.
  database.ping().catch((error: unknown) => {
    log.error({ err: error }, 'The database cannot be used: every call is refused until it can');
  });
  return {
    execute: executor.execute,
    recordActivity: lane.recordActivity,
    reads: createReads(store, records),
    auditor: createAuditing(database.audit),
    settleOverdue: (page) =>
      settleOverdue(page, store.overdue, executor.execute, (sessionId, error) =>
        log.error({ err: error, session_id: sessionId }, 'An overdue session could not be settled'),
      ),
    arm: (toArm) => alarms.arm(toArm),
    deadlines: database.deadlines,
    metrics,
    queue,
    report,
    pingDatabase: database.ping,
    close: async () => {
      await lane.drained();
      await executor.drained();
      await alarms.close();
      await database.close();
    },
  };
}

const loggingObserver = (observer: Metrics['observer'], log: Logger): Metrics['observer'] => ({
  ...observer,
  batchBroken: (batch) => {
    log.warn({ err: batch.error, size: batch.size }, 'The database refused a batch; it goes again in halves');
    observer.batchBroken(batch);
  },
  touchFailed: (error) => {
    log.warn({ err: error }, 'The short way for activities failed; they go the long way');
    observer.touchFailed(error);
  },
  alarmsNotSet: (error) => {
    log.warn({ err: error }, 'Alarms could not be set; the sweep settles those sessions');
    observer.alarmsNotSet(error);
  },
});

/** The auditor of one process, put together. */
export interface Auditing {
  /** For somebody who waits: bounded in what it looks at and in time. */
  readonly audit: (request: AuditRequest) => Promise<BriefAudit>;
  /** The last nights, the youngest first. */
  readonly runs: (limit: number) => Promise<readonly AuditRun[]>;
  /** Audits the night that is due, where nobody else does. */
  readonly night: (night: Night) => Promise<NightOutcome>;
}

export interface Night {
  /** Of the day, in UTC. */
  readonly atHour: number;
  readonly onDrift: (drift: Drift) => void;
  readonly isStopped: () => boolean;
}

export function createAuditing({ readPage, countSessions, runs }: DatabaseAudit): Auditing {
  return {
    audit: briefly({
      readPage,
      countSessions,
      breathe: yieldEvery(AUDIT_SLICE_MS),
      nowMs: () => performance.now(),
    }),
    runs: runs.latest,
    night: (night) => auditNight({ ...night, runs, readPage, breathe: yieldEvery(AUDIT_SLICE_MS) }),
  };
}
