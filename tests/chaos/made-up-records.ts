import type { EntryRow, Records, SessionRow } from '../../tools/chaos/check/records.ts';
import type { Incident } from '../../tools/chaos/fault.ts';
import { INTERVAL_MS } from '../../tools/chaos/rig/policy.ts';

export const START_MS = Date.UTC(2026, 0, 1);

/** Ended by hand in its third block, after an activity in it: it costs three units. */
export const session: SessionRow = {
  id: 1,
  appointmentId: 11,
  isActive: false,
  startMs: START_MS,
  lastActivityMs: START_MS + 2 * INTERVAL_MS + 100,
  endedMs: START_MS + 2 * INTERVAL_MS + 500,
  endReason: 'manual_end',
  endUnits: 1,
  endRecordedMs: START_MS + 2 * INTERVAL_MS + 500,
  unitsUsed: 3,
};

const bought: EntryRow = {
  id: 1,
  grantId: 5,
  sessionId: null,
  kind: 'grant',
  reason: 'subscription',
  intervalNo: null,
  units: 10,
  balanceAfter: 10,
  effectiveMs: START_MS - 1_000,
  recordedMs: START_MS - 1_000,
  key: null,
};

const charge = (intervalNo: number, effectiveMs: number, recordedMs = effectiveMs): EntryRow => ({
  id: 1 + intervalNo,
  grantId: 5,
  sessionId: 1,
  kind: 'charge',
  reason: intervalNo === 3 ? 'manual_end' : 'interval',
  intervalNo,
  units: -1,
  balanceAfter: 10 - intervalNo,
  effectiveMs,
  recordedMs,
  key: null,
});

/** One session and its three charges, the second written 1.2 s after it was due. Nothing is wrong. */
export const records: Records = {
  sessions: [session],
  entries: [
    bought,
    charge(1, START_MS + INTERVAL_MS),
    charge(2, START_MS + 2 * INTERVAL_MS, START_MS + 2 * INTERVAL_MS + 1_200),
    charge(3, START_MS + 2 * INTERVAL_MS + 500),
  ],
  grants: [{ id: 5, remaining: 7, held: 0, holds: 0 }],
  messages: [],
  appointments: new Map([[11, 1]]),
};

/** A fault in whose time the second charge was due. */
export const incident: Incident = {
  number: 4,
  fault: 'kill-worker',
  detail: 'worker-1',
  startMs: START_MS + 2 * INTERVAL_MS - 100,
  endMs: START_MS + 2 * INTERVAL_MS - 50,
  recoveredMs: START_MS + 2 * INTERVAL_MS + 2_000,
  rateBefore: 100,
  rateDuring: 80,
  rateAfter: 98,
  problems: [],
};
