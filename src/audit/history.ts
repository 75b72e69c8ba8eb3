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
