import { type Account, type ChargeReason, grantOf } from './account.ts';
import type { Change } from './change.ts';
import type { GrantId, LedgerEntryId, PatientId, SessionId } from './ids.ts';
import type { Instant } from './time.ts';

export type EntryKind = 'grant' | 'charge' | 'refund' | 'adjustment';
export type EntryReason =
  ChargeReason | 'subscription' | 'doctor_no_response' | 'correction' | 'validity_changed';

/**
 * R14 Ledger. One entry: what happened to a grant, when it was due, and the balance after it. A charge carries
 * the number of its block whatever its reason, and a refund the number of the charge that it gives back, so
 * that (session, number) is unique among charges and among refunds: no unit is ever taken or given back twice.
 */
export interface LedgerEntry {
  readonly patientId: PatientId;
  readonly grantId: GrantId;
  readonly sessionId: SessionId | null;
  readonly kind: EntryKind;
  readonly reason: EntryReason;
  /** Signed: a charge is -1, a refund +1. */
  readonly units: number;
  readonly intervalNo: number | null;
  readonly effectiveAt: Instant;
  /** The grant's remaining units after this entry. */
  readonly balanceAfter: number;
  /** The refund whose unit an adjustment takes back (R15). */
  readonly takesBack: LedgerEntryId | null;
  /** A grant's terms, where the entry set them: so that the ledger alone can say what was valid when. */
  readonly terms: { readonly startsAt: Instant; readonly expiresAt: Instant | null } | null;
}

/**
 * The entry that a change leaves in the ledger; null where it is no matter of units.
 * `account` is the account just after the change.
 */
export function entryOf(account: Account, change: Change): LedgerEntry | null {
  const { patientId } = account;
  const effectiveAt = change.at;
  const ofGrant = (grantId: GrantId) => ({
    patientId,
    grantId,
    effectiveAt,
    balanceAfter: grantOf(account, grantId).remaining,
    sessionId: null,
    intervalNo: null,
    takesBack: null,
    terms: null,
  });
  switch (change.kind) {
    case 'grant_created': {
      const { id, unitsTotal, startsAt, expiresAt } = change.grant;
      const terms = { startsAt, expiresAt };
      return { ...ofGrant(id), kind: 'grant', reason: 'subscription', units: unitsTotal, terms };
    }
    case 'grant_adjusted': {
      const { grantId, reason, units, takesBack } = change;
      return { ...ofGrant(grantId), kind: 'adjustment', reason, units, takesBack };
    }
    case 'grant_validity_changed': {
      const { grantId, startsAt, expiresAt } = change;
      const terms = { startsAt, expiresAt };
      return { ...ofGrant(grantId), kind: 'adjustment', reason: 'validity_changed', units: 0, terms };
    }
    case 'unit_charged': {
      const { grantId, sessionId, intervalNo, reason } = change;
      return { ...ofGrant(grantId), kind: 'charge', reason, units: -1, sessionId, intervalNo };
    }
    case 'unit_refunded': {
      const { grantId, sessionId, intervalNo, reason } = change;
      return { ...ofGrant(grantId), kind: 'refund', reason, units: 1, sessionId, intervalNo };
    }
    case 'session_started':
    case 'block_entered':
    case 'hold_released':
    case 'activity_recorded':
    case 'session_ended':
    case 'grant_version_set':
      return null;
  }
}
