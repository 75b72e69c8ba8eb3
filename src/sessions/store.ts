import type { Account, Actor, Appointment, Grant, Role, Session } from '../billing/account.ts';
import type { CorrectableEntry } from '../billing/corrections.ts';
import type { AppointmentId, GrantId, LedgerEntryId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import type { LedgerEntry } from '../billing/ledger.ts';
import type { Instant } from '../billing/time.ts';
import type { AdminAction } from './admin-actions.ts';

/** What a command concerns. Each account that any of it belongs to is locked and loaded whole. */
export interface Needs {
  readonly appointments?: readonly AppointmentId[];
  readonly sessions?: readonly SessionId[];
  readonly grants?: readonly GrantId[];
  readonly entries?: readonly LedgerEntryId[];
  /** Patients whose account is created where there is none. */
  readonly patients?: readonly PatientId[];
  readonly messages?: readonly { readonly appointmentId: AppointmentId; readonly clientMessageId: string }[];
  readonly corrections?: readonly { readonly admin: UserId; readonly idempotencyKey: string }[];
  /** How many sessions the command may start. */
  readonly newSessions?: number;
}

/** What was stored once the accounts were locked, as of `now`, read from the database's clock. */
export interface Loaded {
  readonly now: Instant;
  readonly accounts: readonly Account[];
  readonly appointments: readonly Appointment[];
  readonly counters: ReadonlyMap<SessionId, SessionCounters>;
  readonly messages: readonly StoredMessage[];
  readonly entries: ReadonlyMap<LedgerEntryId, CorrectableEntry>;
  readonly corrections: readonly RecordedCorrection[];
  /** Ids for sessions that may start: `newSessions` of them. */
  readonly newSessionIds: readonly SessionId[];
}

/** What is stored with a session and no rule reads. */
export interface SessionCounters {
  readonly eventCount: number;
  readonly messageCount: number;
  /** The deadline as stored: never later than the true one. Null once the session has ended. */
  readonly nextDeadlineAt: Instant | null;
  /** When the end was written. */
  readonly endRecordedAt: Instant | null;
}

/** The numbers of the last event and of the last message; 0 where there is none. */
export interface Logged {
  readonly eventNo: number;
  readonly messageNo: number;
}

/** How much of the session's log is stored: what is settled in memory alone is not in it. */
export function loggedIn({ counters }: Loaded, id: SessionId): Logged {
  const { eventCount = 0, messageCount = 0 } = counters.get(id) ?? {};
  return { eventNo: eventCount, messageNo: messageCount };
}

export interface SessionRow extends SessionCounters {
  readonly session: Session;
  readonly isNew: boolean;
}

export interface GrantRow {
  readonly grant: Grant;
  readonly isNew: boolean;
}

/** A refund, an adjustment or the taking back of a refund that was recorded under a key. */
export interface RecordedCorrection {
  readonly admin: UserId;
  readonly idempotencyKey: string;
  readonly kind: LedgerEntry['kind'];
  readonly grantId: GrantId;
  readonly sessionId: SessionId | null;
  readonly intervalNo: number | null;
  readonly takesBack: LedgerEntryId | null;
  readonly units: number;
  readonly note: string | null;
}

export interface EntryRow {
  readonly entry: LedgerEntry;
  readonly actor: Actor;
  readonly recordedAt: Instant;
  readonly note: string | null;
  readonly idempotencyKey: string | null;
}

export interface StoredMessage {
  readonly sessionId: SessionId;
  /** From 1, without gaps within the session. */
  readonly messageNo: number;
  readonly clientMessageId: string;
  readonly senderId: UserId;
  readonly senderRole: Role;
  readonly sentAt: Instant;
  readonly text: string;
}

export type EventType = 'started' | 'activity' | 'message' | 'deduction' | 'low_balance' | 'ended' | 'refund';

/** One line of the audit log, numbered per session without gaps. */
export interface SessionEvent {
  readonly sessionId: SessionId;
  readonly eventNo: number;
  readonly type: EventType;
  readonly effectiveAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: Actor;
  readonly data: EventData;
}

/** Plain JSON. A message's id, never its text. */
export type EventData = Readonly<Record<string, EventValue>>;
export type EventValue = string | number | boolean | null | { readonly [key: string]: number | null };

/** Everything that one transaction writes. */
export interface Writes {
  readonly appointments: readonly Appointment[];
  readonly grants: readonly GrantRow[];
  readonly sessions: readonly SessionRow[];
  readonly entries: readonly EntryRow[];
  readonly events: readonly SessionEvent[];
  readonly messages: readonly StoredMessage[];
  /** What administrators did to bring that about. */
  readonly actions: readonly AdminAction[];
}

export interface Activity {
  readonly appointmentId: AppointmentId;
  readonly caller: UserId;
}

/** The port to the database. It decides nothing. */
export interface Store {
  /**
   * One transaction: locks the accounts, reads the clock once, loads, calls `fold`, writes, commits. Resolves only after
   * the commit. `fold` may run more than once: after a deadlock, a serialization failure, a lost connection or a COMMIT
   * with an unknown outcome the whole transaction is repeated.
   * @throws AccountBusy where another transaction holds an account for too long, or at all with 'give_up';
   * StoreUnavailable where the database cannot be reached; what else the database refused, as it is.
   */
  readonly transact: <T>(
    needs: Needs,
    fold: (loaded: Loaded) => { readonly writes: Writes; readonly result: T },
    whenHeld?: WhenHeld,
  ) => Promise<T>;
  /** The same without locks, for reading. */
  readonly read: (needs: Needs) => Promise<Loaded>;
  /**
   * The fast path for an activity that changes only the time of the last one: its sender has written before, and nothing
   * of its session is due. Answers in the order of the activities; null = the executor has to decide.
   */
  readonly touch: (activities: readonly Activity[]) => Promise<readonly (TouchedSession | null)[]>;
  /** Active sessions whose stored deadline passed more than `graceMs` ago, the least overdue first. Sessions that a transaction has locked are left out. */
  readonly overdue: (page: OverduePage) => Promise<readonly OverdueSession[]>;
}

export interface TouchedSession {
  readonly sessionId: SessionId;
  readonly lastActivityAt: Instant;
  /** Whether the activity moved the session's end (R8). */
  readonly movesEnd: boolean;
}

export interface OverdueSession {
  readonly sessionId: SessionId;
  readonly nextDeadlineAt: Instant;
}

export interface OverduePage {
  readonly graceMs: number;
  readonly limit: number;
  /** The last one of the page before. */
  readonly after: OverdueSession | null;
}

/** What to do about an account that another transaction holds. @default wait */
export type WhenHeld = 'wait' | 'give_up';

/** The database cannot be reached. Nothing was decided, or it is unknown: the same may be sent again. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
}

/** A statement of the console took longer than it may. A repeat would, too. */
export class TooSlow extends StoreUnavailable {
  override readonly name = 'TooSlow';
}

/** Another transaction holds the account and did not release it in time. All other accounts can be used. */
export class AccountBusy extends StoreUnavailable {
  override readonly name = 'AccountBusy';
}
