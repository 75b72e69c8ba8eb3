import { bySession } from './by-session.ts';
import { compareBalances } from './compare-balances.ts';
import { compareEntries } from './compare-ledger.ts';
import { compareEvents } from './compare-events.ts';
import { compareSession } from './compare-session.ts';
import type { Drift } from './difference.ts';
import { wholeNumber } from './event-data.ts';
import { grantInputs } from './grant-inputs.ts';
import type { AccountHistory, StoredEvent, StoredSession } from './history.ts';
import type { Input } from './input.ts';
import { type OpenInstant, orderInputs } from './order-inputs.ts';
import { recompute } from './recompute.ts';
import { sessionInputs } from './inputs.ts';

/** How often an account with drift is walked again, to see whether another order of one instant explains it. */
const MOST_WALKS = 200;

/**
 * Recomputes one account from what its log and its ledger say was done, and compares all that follows from it by
 * the rules. Up to the last instant at which anything of the account was written: to that it was settled, whole,
 * and what has come due since is late and not wrong.
 */
export function auditAccount(history: AccountHistory): readonly Drift[] {
  const events = bySession(history.events);
  const settledTo = [...history.events, ...history.entries].reduce(
    (latest, { recordedAt, effectiveAt }) => Math.max(latest, recordedAt, effectiveAt),
    0,
  );
  const { inputs, open } = orderInputs(chainsOf(history, events, settledTo));
  const compare = (ordered: readonly Input[]) => compareAll(history, events, ordered, settledTo);
  return explain(inputs, open, compare);
}

function chainsOf(
  history: AccountHistory,
  events: ReadonlyMap<number, readonly StoredEvent[]>,
  settledTo: number,
): readonly (readonly Input[])[] {
  const entries = bySession(history.entries);
  const ofSessions = history.sessions.map((session) => {
    const { sessionId } = session;
    const own = events.get(sessionId) ?? [];
    const lastActivityAt = lastActivityOf(session, own);
    return sessionInputs({
      sessionId,
      events: own,
      entries: entries.get(sessionId) ?? [],
      // An activity may be younger than the last settling.
      lastActivityAt: lastActivityAt === null ? null : Math.min(lastActivityAt, settledTo),
    });
  });
  return [grantInputs(history.patientId, history.entries), ...ofSessions];
}

/** An end says so in the log. Before the end only the row knows. */
function lastActivityOf(session: StoredSession, events: readonly StoredEvent[]): number | null {
  const ended = events.findLast(({ type }) => type === 'ended');
  return ended === undefined ? session.lastActivityAt : wholeNumber(ended.data, 'last_activity_ms');
}

/** Tries other orders of the instants whose order is open, one after the other, while that explains more. */
function explain(
  inputs: readonly Input[],
  open: readonly OpenInstant[],
  compare: (inputs: readonly Input[]) => readonly Drift[],
): readonly Drift[] {
  let best = { inputs, drift: compare(inputs) };
  let walks = 0;
  for (const { from, orders } of open) {
    for (const order of orders.slice(1)) {
      if (best.drift.length === 0 || walks >= MOST_WALKS) return best.drift;
      walks += 1;
      const tried = best.inputs.toSpliced(from, order.length, ...order);
      const drift = compare(tried);
      if (drift.length < best.drift.length) best = { inputs: tried, drift };
    }
  }
  return best.drift;
}

function compareAll(
  history: AccountHistory,
  events: ReadonlyMap<number, readonly StoredEvent[]>,
  inputs: readonly Input[],
  settledTo: number,
): readonly Drift[] {
  const { patientId } = history;
  try {
    const made = recompute(inputs, settledTo);
    const refused = made.result.outcomes.flatMap((outcome, i) => {
      const input = made.inputs[i];
      return outcome === 'ok' || input === undefined ? [] : [refusedInput(patientId, input, outcome)];
    });
    const ofSessions = history.sessions.flatMap((session) => {
      const own = events.get(session.sessionId) ?? [];
      return [
        ...compareEvents(history, session, own, made),
        ...compareSession(patientId, atSettling(session, settledTo), own, made),
      ];
    });
    return [...refused, ...compareEntries(history, made), ...ofSessions, ...compareBalances(history, made)];
  } catch (error) {
    // Whatever it is: one account that nobody can make sense of is told, and the others are audited all the same.
    const place = { patientId, sessionId: null, grantId: null };
    const found = error instanceof Error ? error.message : String(error);
    return [{ kind: 'account_unreadable', ...place, expected: 'a possible history', found }];
  }
}

/** The row as it was when the account was last settled: only the time of the last activity can be younger. */
const atSettling = (session: StoredSession, settledTo: number): StoredSession =>
  session.isActive && session.lastActivityAt !== null && session.lastActivityAt > settledTo
    ? { ...session, lastActivityAt: settledTo }
    : session;

function refusedInput(patientId: number, { source, action }: Input, outcome: string): Drift {
  const told = { patientId, expected: `refused: ${outcome}`, found: action.kind };
  return source.kind === 'event'
    ? { kind: 'event_refused', sessionId: source.sessionId, grantId: null, eventNo: source.eventNo, ...told }
    : { kind: 'entry_refused', sessionId: null, grantId: source.grantId, entryId: source.entryId, ...told };
}
