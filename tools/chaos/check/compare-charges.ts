import type { Books, EntryRow } from './books.ts';
import { expectedCharges } from './expected-charges.ts';

/** A deduction that is not there, or that should not be. */
export interface WrongCharge {
  readonly kind: 'lost' | 'doubled';
  readonly sessionId: number;
  readonly intervalNo: number;
  /** When it was due, or effective. */
  readonly dueMs: number;
  readonly words: string;
}

/**
 * Compares the charges of every ended session with what it must have cost. Doubled: a second one for a block, one
 * for a block that never was, or one that is not dated when it was due (then the right one counts as lost, too).
 */
export function compareCharges({
  sessions,
  entries,
}: Pick<Books, 'sessions' | 'entries'>): readonly WrongCharge[] {
  const charges = chargesBySession(entries);
  return sessions.flatMap((session) => {
    if (session.isActive) return [];
    const held = charges.get(session.id) ?? [];
    const expected = expectedCharges(session);
    const lost = expected
      .filter(({ intervalNo, dueMs }) => !held.some((entry) => isThat(entry, intervalNo, dueMs)))
      .map(({ intervalNo, dueMs }) => wrong('lost', session.id, intervalNo, dueMs));
    const doubled = held
      .filter(
        (entry, index) =>
          !expected.some(({ intervalNo, dueMs }) => isThat(entry, intervalNo, dueMs)) ||
          held.findIndex(({ intervalNo }) => intervalNo === entry.intervalNo) !== index,
      )
      .map((entry) => wrong('doubled', session.id, entry.intervalNo ?? 0, entry.effectiveMs));
    return [...lost, ...doubled];
  });
}

const isThat = (entry: EntryRow, intervalNo: number, dueMs: number): boolean =>
  entry.intervalNo === intervalNo && entry.effectiveMs === dueMs && entry.units === -1;

function wrong(kind: WrongCharge['kind'], sessionId: number, intervalNo: number, dueMs: number): WrongCharge {
  const when = new Date(dueMs).toISOString();
  const words = `session ${sessionId}: the deduction for block ${intervalNo}, due ${when}, is ${kind}`;
  return { kind, sessionId, intervalNo, dueMs, words };
}

function chargesBySession(entries: readonly EntryRow[]): ReadonlyMap<number, readonly EntryRow[]> {
  const charges = new Map<number, EntryRow[]>();
  for (const entry of entries) {
    if (entry.kind !== 'charge' || entry.sessionId === null) continue;
    const known = charges.get(entry.sessionId);
    if (known === undefined) charges.set(entry.sessionId, [entry]);
    else known.push(entry);
  }
  return charges;
}
