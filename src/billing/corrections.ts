import type { Grant } from './account.ts';
import type { GrantAdjusted, UnitRefunded } from './change.ts';
import { availableUnits } from './grant.ts';
import type { GrantId, SessionId } from './ids.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';

/** R15 Corrections. A correction is a new entry, by an admin, with a note. Nothing that was written is changed. */

/** As many units as one grant can ever hold. */
export const MAX_GRANT_UNITS = 1_000_000;

/** The ledger entry that somebody wants to give back. */
export interface RefundableEntry {
  readonly kind: 'grant' | 'charge' | 'refund' | 'adjustment';
  readonly grantId: GrantId;
  readonly sessionId: SessionId | null;
  readonly intervalNo: number | null;
  readonly isRefunded: boolean;
}

/** Gives a charge back, once, to the grant it came from; also where that grant has expired since. */
export function refundCharge(entry: RefundableEntry | null, now: Instant): Refusal | UnitRefunded {
  if (entry === null) return refuse('entry_not_found');
  const { grantId, sessionId, intervalNo } = entry;
  if (entry.kind !== 'charge' || sessionId === null || intervalNo === null) return refuse('not_a_charge');
  if (entry.isRefunded) return refuse('already_refunded');
  return { kind: 'unit_refunded', at: now, sessionId, grantId, intervalNo, reason: 'correction' };
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
  return { kind: 'grant_adjusted', at: now, grantId: grant.id, units, reason };
}
