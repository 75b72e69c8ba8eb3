import type { ActiveSession, Grant } from './account.ts';
import { currentBlockEnd } from './blocks.ts';
import { availableUnits, byPaymentOrder, isValidAt } from './grant.ts';
import { after, type Instant } from './time.ts';

/**
 * How long the session can go on with the units there are now, if no other session takes any and nothing is
 * added: the boundary at which R4 would end it. It walks grants, not blocks, so a large balance costs nothing.
 */
export function fundedUntil(session: ActiveSession, grants: readonly Grant[]): Instant {
  const { intervalMs } = session.policy;
  const left = new Map(grants.map((grant) => [grant.id, availableUnits(grant)]));
  let boundary = currentBlockEnd(session);
  for (;;) {
    const candidates = grants.filter((grant) => isValidAt(grant, boundary) && (left.get(grant.id) ?? 0) > 0);
    const payer = candidates.sort(byPaymentOrder)[0];
    if (payer === undefined) return boundary;
    const units = left.get(payer.id) ?? 0;
    const blocks = Math.min(units, blocksUntilReconsidered(payer, grants, boundary, intervalMs));
    left.set(payer.id, units - blocks);
    boundary = after(boundary, blocks * intervalMs);
  }
}

/** Boundaries from this one on, at least 1, at which the same grant pays: until it expires or another becomes valid. */
function blocksUntilReconsidered(
  payer: Grant,
  grants: readonly Grant[],
  from: Instant,
  intervalMs: number,
): number {
  const turningPoints = grants.map((grant) => grant.startsAt).filter((startsAt) => startsAt > from);
  if (payer.expiresAt !== null) turningPoints.push(payer.expiresAt);
  return Math.min(...turningPoints.map((at) => Math.ceil((at - from) / intervalMs)), Number.MAX_SAFE_INTEGER);
}
