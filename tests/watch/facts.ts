import { sessionId } from '../../src/billing/ids.ts';
import { type Instant, instant } from '../../src/billing/time.ts';
import type { Facts } from '../../src/watch/problems.ts';
import type { DatabaseState, LastAudit, QueueState, RunningProcess } from '../../src/watch/state.ts';

/** A clinic on which all is well, and what can be changed about it. */

export const NOON = instant(Date.UTC(2026, 10, 27, 12));
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const ago = (durationMs: number): Instant => instant(NOON - durationMs);

export const runs = (kind: 'api' | 'worker', more: Partial<RunningProcess> = {}): RunningProcess => ({
  id: `00000000-0000-4000-8000-00000000000${kind === 'api' ? 1 : 2}`,
  kind,
  host: 'clinic-1',
  pid: 1,
  version: '1.0.0',
  startedAt: ago(HOUR),
  seenAt: ago(SECOND),
  ...more,
});

export const audited = (more: Partial<LastAudit> = {}): LastAudit => ({
  night: '2026-11-27',
  finishedAt: ago(9 * HOUR),
  sessions: 96,
  differences: 0,
  isAcknowledged: false,
  ...more,
});

export const stateWith = (more: Partial<DatabaseState> = {}): DatabaseState => ({
  now: NOON,
  sessions: { active: 12, due: 1, overdue: 0, overdueSince: null },
  processes: [runs('api'), runs('worker')],
  workerSeenAt: ago(SECOND),
  lastAudit: audited(),
  oldestStart: ago(48 * HOUR),
  ...more,
});

export const overdue = (count: number, since: Instant) => ({
  active: 12,
  due: 0,
  overdue: count,
  overdueSince: since,
});

export const queueWith = (more: Partial<QueueState> = {}): QueueState => ({
  restrictions: [],
  redisFlaws: [],
  ...more,
});

export const factsWith = (more: Partial<Facts> = {}): Facts => ({
  installation: 'services',
  isAuditedNightly: true,
  database: { isAway: false, sinceMs: null },
  state: stateWith(),
  queue: { isAway: false, sinceMs: null, livesOn: 'redis' },
  queueState: queueWith(),
  alarms: { waiting: 15, failed: 0 },
  failing: [],
  ...more,
});

export const seven = sessionId(7);
