import type { Actor, Appointment, Grant, Session } from '../billing/account.ts';
import type { AppointmentId, GrantId, LedgerEntryId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import type { EntryKind, EntryReason } from '../billing/ledger.ts';
import type { Refusal } from '../billing/refusal.ts';
import type { Instant } from '../billing/time.ts';
import type { StoredMessage, SessionEvent } from './store.ts';
import type { SessionView } from './view.ts';

/** Everything that can be asked. Nothing here writes, and whatever speaks of a session settles it to now in memory first. */
export interface Reads {
  /** For a participant. Right even if no worker runs. */
  readonly status: (appointmentId: AppointmentId, caller: UserId) => Promise<Status | Refusal>;
  readonly receipt: (appointmentId: AppointmentId, caller: UserId) => Promise<Receipt | Refusal>;
  /** Messages after number `after`, in order, at most `limit`; also after the end. */
  readonly messages: (page: MessagePage) => Promise<Messages | Refusal>;
  readonly balance: (patientId: PatientId) => Promise<Balance | null>;
  readonly subscription: (id: GrantId) => Promise<Grant | null>;
  readonly sessions: (filter: SessionFilter) => Promise<Page<SessionRecord>>;
  readonly timeline: (id: SessionId) => Promise<Timeline | null>;
  readonly ledger: (filter: LedgerFilter) => Promise<Page<LedgerRecord>>;
  /** The entry that a correction made; null where none was made under this key. */
  readonly correction: (admin: UserId, idempotencyKey: string) => Promise<LedgerRecord | null>;
}

export type Status =
  | { readonly kind: 'session'; readonly view: SessionView }
  | {
      readonly kind: 'not_started';
      readonly appointment: Appointment;
      readonly remainingUnits: number;
      readonly availableUnits: number;
      readonly now: Instant;
    };

export interface MessagePage {
  readonly appointmentId: AppointmentId;
  readonly caller: UserId;
  /** 0 = from the first. */
  readonly after: number;
  readonly limit: number;
}

export interface Messages {
  readonly kind: 'messages';
  readonly messages: readonly StoredMessage[];
}

/** Why each unit of a session was taken. */
export interface Receipt {
  readonly kind: 'receipt';
  readonly view: SessionView;
  readonly blocks: readonly ReceiptBlock[];
}

export interface ReceiptBlock {
  /** From 1. */
  readonly intervalNo: number;
  readonly startsAt: Instant;
  /** Where the block was over: its boundary, or the session's end inside it. For the block in progress: its boundary. */
  readonly endsAt: Instant;
  /** `held`: in progress; `charged`; `refunded`: charged and given back; `released`: entered, and cost nothing. */
  readonly state: 'held' | 'charged' | 'refunded' | 'released';
  /** What it cost in the end: 0 or 1. */
  readonly units: number;
  /** Why it was charged; null where it was not. */
  readonly reason: EntryReason | null;
  /** The grant that paid, or on which it is held; null where it was released. */
  readonly grantId: GrantId | null;
  /** When the charge was due. */
  readonly effectiveAt: Instant | null;
  /** When it was written; null where that is still to come. */
  readonly recordedAt: Instant | null;
}

export interface Balance {
  readonly patientId: PatientId;
  readonly grants: readonly Grant[];
  /** Of the grants that are valid now. */
  readonly remainingUnits: number;
  readonly heldUnits: number;
  readonly availableUnits: number;
  readonly now: Instant;
}

/** Newest first. The cursor is the last id of the page before. */
export interface SessionFilter {
  readonly status: 'active' | 'ended' | null;
  readonly patientId: PatientId | null;
  readonly doctorId: UserId | null;
  readonly cursor: SessionId | null;
  readonly limit: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null where this was the last page. */
  readonly nextCursor: number | null;
}

/** A session in a list, settled to now; the filter goes by what is stored. */
export interface SessionRecord {
  readonly session: Session;
  /** When its end was written down; null also where that is still to come. */
  readonly endRecordedAt: Instant | null;
  /** When somebody will look at it next; in the past where that is overdue. */
  readonly nextDeadlineAt: Instant | null;
}

/** One session with everything that ever happened to it. */
export interface Timeline {
  readonly view: SessionView;
  readonly events: readonly SessionEvent[];
  readonly entries: readonly LedgerRecord[];
}

/** Oldest first. `from` is inclusive, `to` exclusive, both of the effective time. The cursor is the last id of the page before. */
export interface LedgerFilter {
  readonly patientId: PatientId | null;
  readonly doctorId: UserId | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly cursor: LedgerEntryId | null;
  readonly limit: number;
}

export interface LedgerRecord {
  readonly id: LedgerEntryId;
  readonly patientId: PatientId;
  readonly doctorId: UserId | null;
  readonly grantId: GrantId;
  readonly sessionId: SessionId | null;
  readonly appointmentId: AppointmentId | null;
  readonly kind: EntryKind;
  readonly reason: EntryReason;
  readonly units: number;
  readonly intervalNo: number | null;
  readonly effectiveAt: Instant;
  readonly recordedAt: Instant;
  readonly balanceAfter: number;
  readonly actor: Actor;
  readonly note: string | null;
}
