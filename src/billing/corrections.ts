import type { Actor, Grant } from './account.ts';
import type { GrantAdjusted, UnitRefunded } from './change.ts';
import { availableUnits } from './grant.ts';
import type { GrantId, LedgerEntryId, SessionId } from './ids.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';

/** R15 Corrections. A correction is a new entry, by an admin, with a note. Nothing that was written is changed. */

/** As many units as one grant can ever hold. */
export const MAX_GRANT_UNITS = 1_000_000;

/** The ledger entry that somebody wants undone: a charge to be given back, or a refund to be taken back. */
export interface CorrectableEntry {
  readonly id: LedgerEntryId;
  readonly kind: 'grant' | 'charge' | 'refund' | 'adjustment';
  readonly grantId: GrantId;
  readonly sessionId: SessionId | null;
  readonly intervalNo: number | null;
  /** The refund of a charge, or what took a refund back; null while it stands. */
  readonly undone: Undone | null;
}

/** Who undid an entry, and from when on it counts. */
export interface Undone {
  readonly by: Actor;
  readonly at: Instant;
}

/** Gives a charge back, once, to the grant it came from; also where that grant has expired since. */
export function refundCharge(entry: CorrectableEntry | null, now: Instant): Refusal | UnitRefunded {
  if (entry === null) return refuse('entry_not_found');
  const { grantId, sessionId, intervalNo } = entry;
  if (entry.kind !== 'charge' || sessionId === null || intervalNo === null) return refuse('not_a_charge');
  if (entry.undone !== null) return refuse('already_refunded');
  return { kind: 'unit_refunded', at: now, sessionId, grantId, intervalNo, reason: 'correction' };
}

/**
 * Takes a refund back, once, whoever gave it: its unit leaves the grant again. Refused where the unit was used or is held
 * meanwhile. What the session used stays as the refund left it: the charge was given back, and this is another entry.
 */
export function takeBackRefund(entry: CorrectableEntry, grant: Grant, now: Instant): Refusal | GrantAdjusted {
  if (entry.kind !== 'refund') return refuse('not_a_refund');
  if (entry.undone !== null) return refuse('already_taken_back');
  const change = adjustGrant(grant, -1, 'correction', now);
  return change.kind === 'refused' ? change : { ...change, takesBack: entry.id };
}

/** Adds or takes units. Held units belong to blocks in progress: they cannot be taken. */
export function adjustGrant(
  grant: Grant,
  units: number,
  reason: GrantAdjusted['reason'],
  now: Instant,
): Refusal | GrantAdjusted {
  if (availableUnits(grant) + Math.min(0, units) < 0) return refuse('subscription_total_too_low');
  if (grant.unitsTotal + units > MAX_GRANT_UNITS) return refuse('subscription_units_out_of_bounds');
  return { kind: 'grant_adjusted', at: now, grantId: grant.id, units, reason, takesBack: null };
}
