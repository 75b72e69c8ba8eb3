import type { Actor } from '../billing/account.ts';
import type { AppointmentId, GrantId, LedgerEntryId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import type { EntryKind, EntryReason } from '../billing/ledger.ts';
import type { Instant } from '../billing/time.ts';
import type { Page } from './page.ts';
import type { Loaded, Needs, SessionEvent, StoredMessage } from './store.ts';

/** The port to the history: what was written, for queries. */
export interface Records {
  /** What a command would see, and the whole history of the sessions that it names, as of one instant. */
  readonly picture: (needs: Needs) => Promise<Picture>;
  readonly messages: (id: SessionId, range: MessageRange) => Promise<MessagesFound>;
  readonly appointments: (filter: AppointmentFilter) => Promise<Page<AppointmentId, AppointmentCursor>>;
  readonly correction: (admin: UserId, idempotencyKey: string) => Promise<LedgerRecord | null>;
  /** Every grant that the patient ever had. */
  readonly grantIds: (patientId: PatientId) => Promise<readonly GrantId[]>;
}

/** Instants at which no worker was running, and when the last one had been seen. Nothing is known of any other instant. */
export type WorkersAway = ReadonlyMap<Instant, Instant>;

/** The messages next to a number, on one side of it. */
export interface MessageRange {
  readonly side: 'after' | 'before';
  readonly messageNo: number;
  /** At most this many, and fewer where they are long. */
  readonly limit: number;
}

export interface MessagesFound {
  /** Ascending, whichever side was asked for. */
  readonly messages: readonly StoredMessage[];
  /** Whether there are more on that side. */
  readonly hasMore: boolean;
}

export interface Picture {
  readonly loaded: Loaded;
  /** Of the sessions. */
  readonly entries: readonly LedgerRecord[];
  /** Those that take a refund of the sessions back. They are of no session. */
  readonly takeBacks: readonly LedgerRecord[];
  readonly events: readonly SessionEvent[];
}

/** Text appointments of one participant. `upcoming` are those that nobody has started, neither cancelled nor completed. */
export interface AppointmentFilter {
  readonly state: 'upcoming' | 'active' | 'ended';
  readonly caller: UserId;
  readonly cursor: AppointmentCursor | null;
  readonly limit: number;
}

/** The last one of the page before, and its position in the list: nothing that moves meanwhile shifts the rest. */
export interface AppointmentCursor {
  /** The appointed time of one that is upcoming, in ms since 1970; the number of the session of another. */
  readonly position: number;
  readonly appointmentId: AppointmentId;
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
  /** The refund that this adjustment takes back; null for everything else. */
  readonly takesBack: LedgerEntryId | null;
}
