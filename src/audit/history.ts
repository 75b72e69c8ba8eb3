import type { Policy } from './reference-model/naive-types.ts';

/**
 * What the auditor reads of one account, as it is stored. Instants are whole milliseconds since 1970. Nothing of
 * it is believed: words and data are taken as they come.
 */

/** One patient's whole history: the unit of auditing, because nothing crosses it. */
export interface AccountHistory {
  readonly patientId: number;
  readonly grants: readonly StoredGrant[];
  readonly sessions: readonly StoredSession[];
  /** In the order of writing. */
  readonly entries: readonly StoredEntry[];
  /** By session, in the order of their numbers. */
  readonly events: readonly StoredEvent[];
  /** From this instant on every low balance is in the log; before, an older version may not have written it. Null: not yet. */
  readonly lowBalanceSince: number | null;
}

export interface StoredGrant {
  readonly grantId: number;
  readonly unitsSubscribed: number;
  readonly unitsTotal: number;
  readonly remaining: number;
  readonly held: number;
  readonly startsAt: number;
  readonly expiresAt: number | null;
}

export interface StoredSession {
  readonly sessionId: number;
  readonly appointmentId: number;
  readonly doctorId: number;
  readonly isActive: boolean;
  readonly hasPatientActivity: boolean;
  readonly hasDoctorActivity: boolean;
  readonly sessionsUsed: number;
  readonly blockNo: number;
  readonly eventCount: number;
  readonly messageCount: number;
  readonly lastActivityAt: number | null;
  readonly startedAt: number;
  readonly firstPatientActivityAt: number | null;
  readonly heldOn: number | null;
  readonly endedAt: number | null;
  readonly endRecordedAt: number | null;
  readonly endUnits: number | null;
  readonly endReason: string | null;
  readonly policy: unknown;
}

export interface StoredEntry {
  readonly entryId: number;
  readonly grantId: number;
  readonly sessionId: number | null;
  readonly intervalNo: number | null;
  readonly kind: string;
  readonly reason: string;
  readonly units: number;
  readonly balanceAfter: number;
  readonly effectiveAt: number;
  readonly recordedAt: number;
  /** The grant's terms, where the entry set them. */
  readonly details: unknown;
  /** Of an adjustment: the entry whose refund it takes back. */
  readonly takesBack: number | null;
}

export interface StoredEvent {
  readonly sessionId: number;
  readonly eventNo: number;
  readonly type: string;
  readonly effectiveAt: number;
  readonly recordedAt: number;
  readonly actorRole: string;
  readonly data: unknown;
}

/** Reads the data of events and entries, which are JSON that nobody has checked. Null = not there, or no such thing. */

const fieldOf = (data: unknown, name: string): unknown =>
  typeof data === 'object' && data !== null && name in data ? Reflect.get(data, name) : undefined;

export function wholeNumber(data: unknown, name: string): number | null {
  const value = fieldOf(data, name);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

export function word(data: unknown, name: string): string | null {
  const value = fieldOf(data, name);
  return typeof value === 'string' ? value : null;
}

export const part = (data: unknown, name: string): unknown => fieldOf(data, name) ?? null;

/**
 * The policy that a `started` event holds, in the model's words; null where it holds none that can be read.
 * It is stored in milliseconds, and the model's policies are in seconds.
 */
export function policyOf(stored: unknown): Policy | null {
  const intervalMs = wholeNumber(stored, 'intervalMs');
  const firstActivityMs = wholeNumber(stored, 'firstActivityMs');
  const endGraceMs = wholeNumber(stored, 'endGraceMs');
  if (intervalMs === null || firstActivityMs === null || endGraceMs === null) return null;
  return {
    intervalSeconds: intervalMs / 1000,
    firstActivitySeconds: firstActivityMs / 1000,
    noActivityUnits: wholeNumber(stored, 'noActivityUnits') === 0 ? 0 : 1,
    endGraceSeconds: endGraceMs / 1000,
    idleSeconds: secondsOrOff(stored, 'idleMs'),
    doctorResponseSeconds: secondsOrOff(stored, 'doctorResponseMs'),
    maxDurationSeconds: secondsOrOff(stored, 'maxDurationMs'),
  };
}

function secondsOrOff(stored: unknown, name: string): number | null {
  const ms = wholeNumber(stored, name);
  return ms === null ? null : ms / 1000;
}

/** Sorts rows by the session that they belong to; those of none are left out. */
export function bySession<Row extends { readonly sessionId: number | null }>(
  rows: readonly Row[],
): ReadonlyMap<number, readonly Row[]> {
  const sessions = new Map<number, Row[]>();
  for (const row of rows) {
    if (row.sessionId === null) continue;
    const own = sessions.get(row.sessionId);
    if (own === undefined) sessions.set(row.sessionId, [row]);
    else own.push(row);
  }
  return sessions;
}
