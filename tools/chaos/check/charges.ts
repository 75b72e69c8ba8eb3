import { IDLE_MS, INTERVAL_MS } from '../rig/policy.ts';
import type { EntryRow, Records, SessionRow } from './records.ts';

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
}: Pick<Records, 'sessions' | 'entries'>): readonly WrongCharge[] {
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

/** A charge that there must be. */
export interface ExpectedCharge {
  readonly intervalNo: number;
  readonly dueMs: number;
}

type Timed = Pick<SessionRow, 'startMs' | 'endedMs' | 'endReason' | 'endUnits' | 'lastActivityMs'>;

/**
 * What an ended session costs, from its start, its end and the reason of that, by arithmetic alone: one unit for
 * each block that is complete, and perhaps one for the block in progress at the end (R3 to R8 of docs/rules.md).
 */
export function expectedCharges(session: Timed): readonly ExpectedCharge[] {
  const { startMs, endedMs } = session;
  if (endedMs === null) return [];
  const complete = Math.floor((endedMs - startMs) / INTERVAL_MS);
  const charges = Array.from({ length: complete }, (_, block) => ({
    intervalNo: block + 1,
    dueMs: startMs + (block + 1) * INTERVAL_MS,
  }));
  return isLastBlockCharged(session, startMs + complete * INTERVAL_MS, endedMs)
    ? [...charges, { intervalNo: complete + 1, dueMs: endedMs }]
    : charges;
}

function isLastBlockCharged(session: Timed, blockStartMs: number, endedMs: number): boolean {
  switch (session.endReason) {
    case 'manual_end':
      return endedMs !== blockStartMs;
    case 'admin_end':
      // The office decided that with the end, also at the instant at which the block began; its journal is compared elsewhere.
      return session.endUnits === 1;
    case 'idle_timeout':
      return session.lastActivityMs !== null && session.lastActivityMs >= blockStartMs;
    default:
      return false;
  }
}

/** What is wrong about when or why the session ended; null where nothing is. */
export function flawOfEnd(session: Timed & Pick<SessionRow, 'id'>): string | null {
  const { id, startMs, endedMs, endReason, lastActivityMs } = session;
  if (endedMs === null) return null;
  const ran = endedMs - startMs;
  const named = (words: string): string => `session ${id} ${words}`;
  if (lastActivityMs === null && ran > INTERVAL_MS)
    return named(`went on for ${ran} ms although nobody wrote in its first block`);
  if (endReason === 'no_activity' && (lastActivityMs !== null || ran !== INTERVAL_MS))
    return named(`ended for no_activity after ${ran} ms, last activity ${lastActivityMs}`);
  const quietMs = endedMs - (lastActivityMs ?? startMs);
  if (quietMs > IDLE_MS) return named(`was quiet for ${quietMs} ms and not ended for it`);
  if (endReason === 'idle_timeout' && quietMs !== IDLE_MS)
    return named(`ended for idle_timeout after ${quietMs} ms of quiet`);
  if (endReason === 'balance_exhausted' && ran % INTERVAL_MS !== 0)
    return named(`ended for balance_exhausted inside a block, after ${ran} ms`);
  return null;
}
