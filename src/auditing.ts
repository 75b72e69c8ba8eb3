import { auditNight, type NightOutcome } from './audit/audit-night.ts';
import { type BriefAudit, briefly } from './audit/brief-audit.ts';
import type { AuditRequest } from './audit/audit.ts';
import type { AuditRun } from './audit/audit-runs.ts';
import type { Drift } from './audit/drift.ts';
import type { DatabaseAudit } from './storage/database.ts';

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

/** So long an audit may keep a process to itself before what else is waiting has its turn. */
const SLICE_MS = 5;

export function createAuditing({ readPage, countSessions, runs }: DatabaseAudit): Auditing {
  return {
    audit: briefly({
      readPage,
      countSessions,
      breathe: breathingEvery(SLICE_MS),
      nowMs: () => performance.now(),
    }),
    runs: runs.latest,
    night: (night) => auditNight({ ...night, runs, readPage, breathe: breathingEvery(SLICE_MS) }),
  };
}

/** Lets the event loop turn when so much time has gone by since it last did here. */
export function breathingEvery(sliceMs: number): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < sliceMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}
