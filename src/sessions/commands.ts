import type { Appointment, EndReason } from '../billing/account.ts';
import type { AppointmentId, GrantId, LedgerEntryId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import type { Refusal } from '../billing/refusal.ts';
import type { Instant } from '../billing/time.ts';
import type { StoredMessage } from './store.ts';
import type { SessionView } from './view.ts';

/** Everything that can change an account, by name. Each is idempotent, so running one again is always safe. */
export interface Commands {
  readonly start: { readonly appointmentId: AppointmentId; readonly caller: UserId };
  readonly recordActivity: { readonly appointmentId: AppointmentId; readonly caller: UserId };
  readonly sendMessage: {
    readonly appointmentId: AppointmentId;
    readonly caller: UserId;
    /** A UUID in lower case, chosen by the app: a repeat of the same message carries the same one. */
    readonly clientMessageId: string;
    readonly text: string;
  };
  readonly end: { readonly appointmentId: AppointmentId; readonly caller: UserId };
  /** "Look at this session again": what an alarm and the sweep say. */
  readonly settle: { readonly sessionId: SessionId };
  readonly endByAdmin: {
    readonly sessionId: SessionId;
    readonly admin: UserId;
    readonly note: string;
    readonly charge: boolean;
  };
  readonly putAppointment: { readonly appointment: Appointment };
  readonly putSubscription: {
    readonly grantId: GrantId;
    readonly patientId: PatientId;
    readonly units: number;
    /** Null = from now on; for a grant that is there: unchanged. */
    readonly startsAt: Instant | null;
    readonly expiresAt: Instant | null;
    readonly admin: UserId;
  };
  readonly refund: Correction & { readonly entryId: LedgerEntryId };
  readonly adjust: Correction & { readonly grantId: GrantId; readonly units: number };
}

interface Correction {
  readonly admin: UserId;
  readonly note: string;
  /** Of the admin's choosing: the same key with the same request is done once. */
  readonly idempotencyKey: string;
}

/** A refusal that speaks of a session shows it, so that the app need not ask again. */
export type RefusalWithSession = Refusal & { readonly session?: SessionView };

export interface Outcomes {
  readonly start:
    RefusalWithSession | { readonly kind: 'started' | 'already_active'; readonly session: SessionView };
  readonly recordActivity:
    | RefusalWithSession
    | { readonly kind: 'recorded'; readonly sessionId: SessionId; readonly lastActivityAt: Instant };
  readonly sendMessage:
    RefusalWithSession | { readonly kind: 'stored' | 'stored_before'; readonly message: StoredMessage };
  readonly end:
    RefusalWithSession | { readonly kind: 'ended' | 'ended_before'; readonly session: SessionView };
  readonly settle: NextLook;
  readonly endByAdmin: Outcomes['end'];
  readonly putAppointment: Refusal | { readonly kind: 'stored'; readonly appointment: Appointment };
  readonly putSubscription: Refusal | { readonly kind: 'stored' };
  readonly refund: Refusal | { readonly kind: 'recorded' | 'recorded_before' };
  readonly adjust: Refusal | { readonly kind: 'recorded' | 'recorded_before' };
}

/** What a look at a session did to it. */
export interface Settled {
  /** The numbers of the blocks that were charged, a unit each. */
  readonly charged: readonly number[];
  readonly refunded: readonly number[];
  readonly ended: EndReason | null;
}

/** What a look did, and when to look again: at this instant of the database's clock, so many ms from when it was read. */
export type NextLook =
  | { readonly kind: 'over'; readonly did: Settled }
  | { readonly kind: 'again'; readonly at: Instant; readonly delayMs: number; readonly did: Settled };

export type Kind = keyof Commands;
