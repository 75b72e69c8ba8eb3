/**
 * What the naive model remembers, and the few moves it can make. It keeps raw facts only (grants, messages,
 * the block in progress, the ledger) and counts every figure anew from them, so no figure can drift.
 */
import type { Terms } from './naive-terms.ts';
import type { EndReason, LedgerEntry, Role } from './naive-types.ts';

export type Grant = {
  readonly grantId: number;
  readonly patientId: number;
  startsAt: number;
  expiresAt: number | null;
  /** Its part of the ledger. */
  readonly entries: LedgerEntry[];
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
  readonly terms: Terms;
  readonly writes: { readonly at: number; readonly role: Role }[];
  /** Its part of the ledger. */
  readonly entries: LedgerEntry[];
  /** The numbers of the charges whose refund was taken back. */
  readonly takenBack: number[];
  /** Null once ended, and for a moment at a boundary: the last block is captured, the next not yet entered. */
  block: BlockInProgress | null;
  end: { readonly at: number; readonly reason: EndReason } | null;
  /** The instants at which the last funded block was entered (R17). */
  readonly lowBalanceAt: number[];
};

export type State = {
  readonly grants: Map<number, Grant>;
  readonly sessions: Map<number, Session>;
  /** Those of the sessions that have not ended, lowest id first. */
  readonly active: Session[];
  readonly ledger: LedgerEntry[];
};

export const emptyState = (): State => ({ grants: new Map(), sessions: new Map(), active: [], ledger: [] });

/** R14: a grant's remaining units are the sum of its entries, and each entry says that sum. */
export function remainingUnits({ entries }: Grant): number {
  return entries.at(-1)?.balanceAfter ?? 0;
}

/** A hold is one unit of one grant set aside for a block in progress. */
export function heldUnits(state: State, { grantId }: Grant): number {
  let units = 0;
  for (const session of state.active) if (session.block?.grantId === grantId) units += 1;
  return units;
}

/** R3: available = remaining less held. */
export function availableUnits(state: State, grant: Grant): number {
  return remainingUnits(grant) - heldUnits(state, grant);
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
  const grant = grantsValidAt(state, session.patientId, t).find((each) => availableUnits(state, each) > 0);
  if (grant === undefined) return false;
  session.block = { number, startsAt: t, grantId: grant.grantId };
  return true;
}

/** The session is there from now on. Whoever adds it has entered its first block. */
export function addSession(state: State, session: Session): void {
  state.sessions.set(session.sessionId, session);
  state.active.push(session);
  state.active.sort((a, b) => a.sessionId - b.sessionId);
}

/** R17: the block entered at t is the last one if no unit could be held at its boundary. Its own hold counts. */
export function noteLowBalance(state: State, session: Session, t: number): void {
  const boundary = t + session.terms.interval;
  const isFunded = grantsValidAt(state, session.patientId, boundary).some(
    (grant) => availableUnits(state, grant) > 0,
  );
  if (!isFunded) session.lowBalanceAt.push(t);
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
export function endSession(state: State, session: Session, reason: EndReason, t: number): void {
  if (session.block !== null) throw new Error(`session ${session.sessionId} would end with a hold`);
  if (session.end !== null) throw new Error(`session ${session.sessionId} would end twice`);
  session.end = { at: t, reason };
  state.active.splice(state.active.indexOf(session), 1);
}

export function chargesOf({ entries }: Session): LedgerEntry[] {
  return entries.filter((entry) => entry.kind === 'charge');
}

export function isRefunded({ entries }: Session, charge: LedgerEntry): boolean {
  return entries.some((entry) => entry.kind === 'refund' && entry.intervalNo === charge.intervalNo);
}

/** R9, R15: gives a charge back to the grant it came from. */
export function refundCharge(
  state: State,
  session: Session,
  charge: LedgerEntry,
  reason: string | null,
  t: number,
): void {
  if (isRefunded(session, charge)) throw new Error('a charge would be refunded twice');
  writeEntry(state, { ...charge, kind: 'refund', reason, units: -charge.units, effectiveAt: t });
}

/** R14: entries are only ever added, each with its grant's balance after it. */
export function writeEntry(state: State, written: Omit<LedgerEntry, 'balanceAfter'>): void {
  const grant = state.grants.get(written.grantId);
  if (grant === undefined) throw new Error(`an entry for grant ${written.grantId}, which was never made`);
  const entry = { ...written, balanceAfter: remainingUnits(grant) + written.units };
  state.ledger.push(entry);
  grant.entries.push(entry);
  if (entry.sessionId !== null) state.sessions.get(entry.sessionId)?.entries.push(entry);
}
