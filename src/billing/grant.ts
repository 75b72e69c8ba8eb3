import type { Grant } from './account.ts';
import type { Instant } from './time.ts';

/** Valid in `[startsAt, expiresAt)`. That a grant has expired is a matter of time, not an entry (R14). */
export const isValidAt = (grant: Grant, at: Instant): boolean =>
  grant.startsAt <= at && (grant.expiresAt === null || at < grant.expiresAt);

/** What can still be spent: held units belong to blocks in progress, so two sessions never spend the same one (R3). */
export const availableUnits = (grant: Grant): number => grant.remaining - grant.held;

/** The order in which grants pay (R3): earliest expiry first, never-expiring last, then the lowest id. */
export function byPaymentOrder(a: Grant, b: Grant): number {
  const aExpiry = a.expiresAt ?? Number.POSITIVE_INFINITY;
  const bExpiry = b.expiresAt ?? Number.POSITIVE_INFINITY;
  return aExpiry === bExpiry ? a.id - b.id : aExpiry - bExpiry;
}

/** The grant that pays for a block that begins at `at`; null where none can. */
export function payingGrant(grants: readonly Grant[], at: Instant): Grant | null {
  let best: Grant | null = null;
  for (const grant of grants) {
    if (!isValidAt(grant, at) || availableUnits(grant) < 1) continue;
    if (best === null || byPaymentOrder(grant, best) < 0) best = grant;
  }
  return best;
}

/** Units of the grants that are valid at `at`, holds not yet taken off. */
export const remainingUnitsAt = (grants: readonly Grant[], at: Instant): number =>
  grants.reduce((sum, grant) => (isValidAt(grant, at) ? sum + grant.remaining : sum), 0);

/** Units of the grants that are valid at `at`, holds taken off. */
export const availableUnitsAt = (grants: readonly Grant[], at: Instant): number =>
  grants.reduce((sum, grant) => (isValidAt(grant, at) ? sum + availableUnits(grant) : sum), 0);
