import type { Appointment, EndReason } from '../billing/account.ts';
import type { AppointmentId, GrantId, LedgerEntryId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import type { Undone } from '../billing/corrections.ts';
import type { PolicyFlaw } from '../billing/policy.ts';
import type { Refusal } from '../billing/refusal.ts';
import type { TermsChange } from '../billing/terms.ts';
import type { Instant } from '../billing/time.ts';
import type { Alarm, Settlement } from './alarms.ts';
import type { Effect } from './effect.ts';
import type { Needs, StoredMessage } from './store.ts';
import type { Work } from './unit-of-work.ts';
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
  /** What an alarm and the sweep ask for. */
  readonly settle: { readonly sessionId: SessionId };
  readonly endByAdmin: Confirmed & {
    readonly sessionId: SessionId;
    readonly note: string;
    readonly charge: boolean;
  };
  readonly putAppointment: ByAdmin & {
    readonly appointment: Omit<Appointment, 'terms'>;
    /** @default nothing changes */
    readonly terms?: TermsChange;
  };
  readonly putSubscription: ByAdmin & {
    readonly grantId: GrantId;
    readonly patientId: PatientId;
    readonly units: number;
    /** Null = from now on; for a grant that is there: unchanged. */
    readonly startsAt: Instant | null;
    readonly expiresAt: Instant | null;
    /** Of the clinic's choosing, growing; null = the last one wins. */
    readonly version: number | null;
  };
  readonly refund: Correction & { readonly entryId: LedgerEntryId };
  readonly takeBack: Correction & { readonly entryId: LedgerEntryId };
  readonly adjust: Correction & { readonly grantId: GrantId; readonly units: number };
}

/** Recorded with what was done. */
interface ByAdmin {
  readonly admin: UserId;
  /** Of the request that asks for it. @default null */
  readonly requestId?: string | null;
}

interface Confirmed extends ByAdmin {
  /** Whether this is the effect that the admin was shown: asked just before it is done. @default yes */
  readonly isExpected?: (effect: Effect) => boolean;
}

interface Correction extends Confirmed {
  readonly note: string;
  /** Chosen by the admin: the same request under the same key is done once. */
  readonly idempotencyKey: string;
}

/** A refusal that concerns a session shows it, so that the app need not ask again. */
export type RefusalWithSession = Refusal & { readonly session?: SessionView };

/** A refusal because of what was done before says who did it, and when. */
export type RefusalWithUndone = Refusal & { readonly undone?: Undone };

/** A refusal because of what is stored names its version. */
export type RefusalWithVersion = Refusal & { readonly version?: number };

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
  readonly settle: SettleOutcome;
  readonly endByAdmin:
    | RefusalWithSession
    | { readonly kind: 'ended'; readonly session: SessionView; readonly effect: Effect }
    | { readonly kind: 'ended_before'; readonly session: SessionView }
    | EffectChanged;
  readonly putAppointment:
    | Refusal
    | { readonly kind: 'terms_flawed'; readonly flaw: PolicyFlaw }
    | { readonly kind: 'stored'; readonly appointment: Appointment };
  readonly putSubscription: RefusalWithVersion | { readonly kind: 'stored' };
  readonly refund: Corrected;
  readonly takeBack: Corrected;
  readonly adjust: Corrected;
}

export type Corrected =
  | RefusalWithUndone
  | { readonly kind: 'recorded'; readonly effect: Effect }
  | { readonly kind: 'recorded_before' }
  | EffectChanged;

/** Nothing of it was done: this is what it would do now. */
interface EffectChanged {
  readonly kind: 'effect_changed';
  readonly effect: Effect;
}

/** What settling a session did to it, and what comes next. */
export type SettleOutcome =
  /** `delayMs` from the instant to which it was settled until its next deadline. */
  | { readonly kind: 'active'; readonly next: Alarm; readonly delayMs: number; readonly did: Settlement }
  | { readonly kind: 'ended'; readonly reason: EndReason; readonly at: Instant; readonly did: Settlement }
  /** There is no such session. */
  | { readonly kind: 'unknown' };

export type CommandKind = keyof Commands;

/** How one kind of command is carried out. Neither function does I/O. */
export interface CommandHandler<K extends CommandKind> {
  /** What has to be locked and loaded for it. */
  readonly needs: (command: Commands[K]) => Needs;
  readonly decide: (command: Commands[K], work: Work) => Outcomes[K];
}

export type CommandHandlers = { readonly [K in CommandKind]: CommandHandler<K> };
