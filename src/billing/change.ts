import type { ActiveSession, ChargeReason, EndReason, Grant, Role } from './account.ts';
import type { GrantId, LedgerEntryId, SessionId } from './ids.ts';
import type { Instant } from './time.ts';

/**
 * Everything that can happen to an account. Rules answer with changes; `apply` is the only place that
 * makes them, the ledger and the audit log are read off them, and the store writes what they left.
 */
export type Change =
  | { readonly kind: 'session_started'; readonly at: Instant; readonly session: ActiveSession }
  | {
      readonly kind: 'block_entered';
      readonly at: Instant;
      readonly sessionId: SessionId;
      readonly grantId: GrantId;
    }
  | UnitCharged
  | {
      readonly kind: 'hold_released';
      readonly at: Instant;
      readonly sessionId: SessionId;
      readonly grantId: GrantId;
    }
  | UnitRefunded
  | {
      readonly kind: 'activity_recorded';
      readonly at: Instant;
      readonly sessionId: SessionId;
      readonly role: Role;
    }
  | SessionEnded
  | { readonly kind: 'grant_created'; readonly at: Instant; readonly grant: Grant }
  | GrantAdjusted
  | GrantValidityChanged
  | {
      readonly kind: 'grant_version_set';
      readonly at: Instant;
      readonly grantId: GrantId;
      readonly version: number;
    };

/** The held unit is taken: it completes the block in progress, or is the last thing before the end. */
export interface UnitCharged {
  readonly kind: 'unit_charged';
  readonly at: Instant;
  readonly sessionId: SessionId;
  readonly grantId: GrantId;
  readonly intervalNo: number;
  readonly reason: ChargeReason;
}

export interface UnitRefunded {
  readonly kind: 'unit_refunded';
  readonly at: Instant;
  readonly sessionId: SessionId;
  readonly grantId: GrantId;
  readonly intervalNo: number;
  readonly reason: 'doctor_no_response' | 'correction';
}

export interface SessionEnded {
  readonly kind: 'session_ended';
  readonly at: Instant;
  readonly sessionId: SessionId;
  readonly reason: EndReason;
  /** Units charged by this end: 0 or 1. */
  readonly units: 0 | 1;
}

export interface GrantAdjusted {
  readonly kind: 'grant_adjusted';
  readonly at: Instant;
  readonly grantId: GrantId;
  /** Signed. */
  readonly units: number;
  /** `subscription`: the clinic's system changed the total that was bought; `correction`: an admin stepped in. */
  readonly reason: 'subscription' | 'correction';
  /** The refund whose unit this takes back (R15). */
  readonly takesBack: LedgerEntryId | null;
}

export interface GrantValidityChanged {
  readonly kind: 'grant_validity_changed';
  readonly at: Instant;
  readonly grantId: GrantId;
  readonly startsAt: Instant;
  readonly expiresAt: Instant | null;
}
