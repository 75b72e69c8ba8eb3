import type { EndReason } from '../billing/account.ts';
import type { AppointmentId, GrantId, LedgerEntryId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import type { Instant } from '../billing/time.ts';
import type { Page } from './page.ts';
import type { LedgerRecord, Records, WorkersAway } from './records.ts';
import type { Store } from './store.ts';

/**
 * The port to the lists and figures of the console. They use connections of their own, none that patients and doctors wait
 * for, and a second of the database's time at the most: each may throw TooSlow.
 */
export interface ConsoleStore extends Pick<Records, 'picture'>, Pick<Store, 'read'> {
  readonly sessionIds: (filter: SessionFilter) => Promise<Page<SessionId, SessionId>>;
  readonly ledger: (filter: LedgerFilter) => Promise<Page<LedgerRecord, LedgerCursor>>;
  readonly entry: (id: LedgerEntryId) => Promise<LedgerRecord | null>;
  /** What has this number, in the order of `Hit`'s kinds. */
  readonly find: (id: number) => Promise<readonly Hit[]>;
  readonly days: (days: readonly Period[], doctorId: UserId | null) => Promise<readonly DayFigures[]>;
  /** The newest entries of a patient, the oldest of them first; null where nothing was ever sent about this patient. */
  readonly history: (patientId: PatientId, limit: number) => Promise<readonly BalancePoint[] | null>;
  /** Those of the instants at which no worker was running, and when the last one had been seen; not those before the first. */
  readonly workersAway: (instants: readonly Instant[]) => Promise<WorkersAway>;
  readonly now: () => Promise<Instant>;
}

/** Those that started last first. `from` is inclusive, `to` exclusive, both of the start. The cursor is the last session of the page before. */
export interface SessionFilter {
  readonly status: 'active' | 'ended' | null;
  readonly endReason: EndReason | null;
  readonly patientId: PatientId | null;
  readonly doctorId: UserId | null;
  readonly appointmentId: AppointmentId | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly cursor: SessionId | null;
  readonly limit: number;
}

/**
 * `from` is inclusive, `to` exclusive, both of the effective time. With one of them entries come by that time. Without, by
 * their numbers and up to the first that may still be under way, so that a follower of the ledger misses none.
 */
export interface LedgerFilter {
  readonly patientId: PatientId | null;
  readonly doctorId: UserId | null;
  readonly sessionId: SessionId | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly cursor: LedgerCursor | null;
  readonly limit: number;
}

/** The last entry of the page before. Without an effective time the list goes on by the numbers of its entries, also in a period. */
export interface LedgerCursor {
  readonly effectiveAt: Instant | null;
  readonly entryId: LedgerEntryId;
}

/** Something that has the number that was asked for. */
export interface Hit {
  readonly kind: 'patient' | 'session' | 'appointment' | 'grant' | 'entry' | 'doctor';
  readonly id: number;
}

/** From its first instant to the first instant after it. */
export interface Period {
  readonly from: Instant;
  readonly to: Instant;
}

/** What was due in a day: not when it was written. */
export interface DayFigures {
  readonly started: number;
  readonly ended: Readonly<Record<EndReason, number>>;
  readonly unitsTaken: number;
  readonly unitsGivenBack: number;
  readonly unitsBought: number;
}

/** What a grant held after an entry. */
export interface BalancePoint {
  readonly at: Instant;
  readonly grantId: GrantId;
  readonly balanceAfter: number;
}
