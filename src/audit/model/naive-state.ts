/**
 * What the naive model remembers, and the few moves it can make. It keeps raw facts only (grants, messages,
 * the block in progress, the ledger) and counts every figure anew each time, so no figure can drift.
 */
import type { EndReason, LedgerEntry, Policy, Role } from './naive-types.ts';

export type Grant = {
  readonly grantId: number;
  readonly patientId: number;
  readonly startsAt: number;
  readonly expiresAt: number | null;
};

/** Block `number` (0, 1, 2 …) is in progress, and one unit of the grant is held for it. */
export type BlockInProgress = {
  readonly number: number;
  readonly startsAt: number;
  readonly grantId: number;
};

export type Session = {
  readonly sessionId: number;
  readonly patientId: number;
  readonly startedAt: number;
  readonly policy: Policy;
  readonly writes: { readonly at: number; readonly role: Role }[];
  /** Null once ended, and for a moment at a boundary: the last block is captured, the next not yet entered. */
  block: BlockInProgress | null;
  end: { readonly at: number; readonly reason: EndReason } | null;
};

export type State = {
  readonly grants: Map<number, Grant>;
  readonly sessions: Map<number, Session>;
  readonly ledger: LedgerEntry[];
};

/** R14: a grant's remaining units are the sum of its entries. */
export function remainingUnits(state: State, grantId: number): number {
  let units = 0;
  for (const entry of state.ledger) if (entry.grantId === grantId) units += entry.units;
  return units;
}

/** A hold is one unit of one grant set aside for a block in progress. */
export function heldUnits(state: State, grantId: number): number {
  let units = 0;
  for (const session of state.sessions.values()) if (session.block?.grantId === grantId) units += 1;
  return units;
}

/** R3: available = remaining less held. */
export function availableUnits(state: State, grantId: number): number {
  return remainingUnits(state, grantId) - heldUnits(state, grantId);
}

/** R3: the patient's grants valid at t, earliest end first (never ending last), then lowest id. */
export function grantsValidAt(state: State, patientId: number, t: number): Grant[] {
  return [...state.grants.values()]
    .filter((grant) => grant.patientId === patientId)
    .filter((grant) => grant.startsAt <= t && (grant.expiresAt === null || t < grant.expiresAt))
    .sort(
      (a, b) =>
        Number(a.expiresAt === null) - Number(b.expiresAt === null) ||
        (a.expiresAt ?? 0) - (b.expiresAt ?? 0) ||
        a.grantId - b.grantId,
    );
}

/** R3: enters block `number` at t with a hold. False when no unit can be held; then nothing has changed. */
export function enterBlock(state: State, session: Session, number: number, t: number): boolean {
  const grant = grantsValidAt(state, session.patientId, t).find(
    ({ grantId }) => availableUnits(state, grantId) > 0,
  );
  if (grant === undefined) return false;
  session.block = { number, startsAt: t, grantId: grant.grantId };
  return true;
}

/** R3, R14: takes the held unit of the block in progress. The block number is j, the interval number j + 1. */
export function chargeBlock(state: State, session: Session, reason: 'interval' | EndReason, t: number): void {
  const block = session.block;
  if (block === null) throw new Error(`session ${session.sessionId} has no block in progress to charge`);
  session.block = null;
  writeEntry(state, {
    grantId: block.grantId,
    sessionId: session.sessionId,
    kind: 'charge',
    reason,
    units: -1,
    intervalNo: block.number + 1,
    effectiveAt: t,
  });
}

/** The block in progress costs nothing: its hold is given up. */
export function releaseHold(session: Session): void {
  session.block = null;
}

/** R16: once, and for good. Whoever ends a session has charged or released its hold before. */
export function endSession(session: Session, reason: EndReason, t: number): void {
  if (session.block !== null) throw new Error(`session ${session.sessionId} would end with a hold`);
  if (session.end !== null) throw new Error(`session ${session.sessionId} would end twice`);
  session.end = { at: t, reason };
}

export function chargesOf(state: State, sessionId: number): LedgerEntry[] {
  return state.ledger.filter((entry) => entry.kind === 'charge' && entry.sessionId === sessionId);
}

export function isRefunded(state: State, charge: LedgerEntry): boolean {
  return state.ledger.some(
    (entry) =>
      entry.kind === 'refund' &&
      entry.sessionId === charge.sessionId &&
      entry.intervalNo === charge.intervalNo,
  );
}

/** R9, R15: gives a charge back to the grant it came from. */
export function refundCharge(state: State, charge: LedgerEntry, reason: string | null, t: number): void {
  if (isRefunded(state, charge)) throw new Error('a charge would be refunded twice');
  writeEntry(state, { ...charge, kind: 'refund', reason, units: -charge.units, effectiveAt: t });
}

/** R14: entries are only ever added, each with its grant's balance after it. */
export function writeEntry(state: State, entry: Omit<LedgerEntry, 'balanceAfter'>): void {
  const balanceAfter = remainingUnits(state, entry.grantId) + entry.units;
  state.ledger.push({ ...entry, balanceAfter });
}
