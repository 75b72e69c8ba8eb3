import {
  type AccountHistory,
  bySession,
  type StoredEvent,
  type StoredSession,
  wholeNumber,
} from './history.ts';
import { compareBalances, compareEntries } from './compare-ledger.ts';
import { compareEvents } from './compare-events.ts';
import { compareSession } from './compare-session.ts';
import type { AuditSummary, Difference } from './difference.ts';
import { grantInputs, type Input, sessionInputs } from './inputs.ts';
import { type OpenInstant, orderInputs, recompute } from './recompute.ts';

/** Which sessions are asked about. The accounts that they belong to are audited whole. */
export interface AuditRequest {
  /** Null = since ever. */
  readonly from: number | null;
  /** Exclusive; null = up to now. */
  readonly to: number | null;
  /** Whether the period is that of the ends themselves, or that in which they were written down. */
  readonly by: 'ended' | 'recorded';
  /** Null = every patient. */
  readonly patientId: number | null;
}

export interface PageSize {
  readonly accounts: number;
  /** Events a page: it ends with the account that exceeds them. */
  readonly events: number;
}

export interface AuditPage {
  readonly histories: readonly AccountHistory[];
  /** Where the next page begins, in a form that nobody else reads; null where this was the last. */
  readonly next: string | null;
}

/** The port behind which the database lives. It reads, and could not write if it wanted to. */
export type ReadAuditPage = (
  request: AuditRequest,
  size: PageSize,
  after: string | null,
) => Promise<AuditPage>;

export interface AuditOptions {
  readonly request: AuditRequest;
  readonly size: PageSize;
  readonly readPage: ReadAuditPage;
  readonly onDifference: (difference: Difference) => void;
  /**
   * Called between two accounts; may let others do their work. The next page comes meanwhile only where the event loop
   * turns in it now and then.
   */
  readonly yieldToEventLoop: () => Promise<void>;
  /** Called after each page. False = stop here. */
  readonly goOn: () => boolean | Promise<boolean>;
}

/** Audits account after account. Holds two pages at a time, however many there are. */
export async function audit(options: AuditOptions): Promise<AuditSummary> {
  const { request, size, readPage, onDifference, yieldToEventLoop, goOn } = options;
  const count = { accounts: 0, sessions: 0, entries: 0, events: 0, differences: 0 };
  const read = (after: string | null): Promise<AuditPage> => {
    const page = readPage(request, size, after);
    // It is awaited a page later; until then a rejection must not count as unhandled.
    page.catch(() => {});
    return page;
  };
  let coming: Promise<AuditPage> | null = read(null);
  while (coming !== null) {
    const page: AuditPage = await coming;
    coming = page.next === null ? null : read(page.next);
    for (const history of page.histories) {
      const asked = history.sessions.filter((session) => isAskedFor(session, request));
      const differences = withinRequest(auditAccount(history), history, asked);
      for (const row of differences) onDifference(row);
      count.accounts += 1;
      count.sessions += asked.length;
      count.entries += history.entries.length;
      count.events += history.events.length;
      count.differences += differences.length;
      await yieldToEventLoop();
    }
    if (coming !== null && !(await goOn())) {
      await coming.catch(() => {});
      return { ...count, isComplete: false };
    }
  }
  return { ...count, isComplete: true };
}

/** An active session stands as it does now, whichever period is asked about. */
function isAskedFor(session: StoredSession, { from, to, by }: AuditRequest): boolean {
  const at = by === 'ended' ? session.endedAt : session.endRecordedAt;
  return at === null || ((from === null || at >= from) && (to === null || at < to));
}

/** Differences in other sessions of the account are reported with their own period. */
function withinRequest(
  differences: readonly Difference[],
  { sessions }: AccountHistory,
  asked: readonly StoredSession[],
): readonly Difference[] {
  if (asked.length === sessions.length || differences.length === 0) return differences;
  const own = new Set(asked.map(({ sessionId }) => sessionId));
  const others = new Set(
    sessions.map(({ sessionId }) => sessionId).filter((sessionId) => !own.has(sessionId)),
  );
  return differences.filter(({ sessionId }) => sessionId === null || !others.has(sessionId));
}

/** How often an account with differences is walked again, to see whether another order of one instant explains it. */
const MOST_WALKS = 200;

/**
 * Recomputes one account from what its log and its ledger say was done, and compares all that follows from it by
 * the rules. Up to the last instant at which anything of the account was written: to that it was settled, whole,
 * and what has come due since is late and not wrong.
 */
export function auditAccount(history: AccountHistory): readonly Difference[] {
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
  compare: (inputs: readonly Input[]) => readonly Difference[],
): readonly Difference[] {
  let best = { inputs, differences: compare(inputs) };
  let walks = 0;
  for (const { from, orders } of open) {
    for (const order of orders.slice(1)) {
      if (best.differences.length === 0 || walks >= MOST_WALKS) return best.differences;
      walks += 1;
      const tried = best.inputs.toSpliced(from, order.length, ...order);
      const differences = compare(tried);
      if (differences.length < best.differences.length) best = { inputs: tried, differences };
    }
  }
  return best.differences;
}

function compareAll(
  history: AccountHistory,
  events: ReadonlyMap<number, readonly StoredEvent[]>,
  inputs: readonly Input[],
  settledTo: number,
): readonly Difference[] {
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
    // Any error: an account that cannot be recomputed is a difference, and the others are still audited.
    const location = { patientId, sessionId: null, grantId: null };
    const found = error instanceof Error ? error.message : String(error);
    return [{ kind: 'account_unreadable', ...location, expected: 'a possible history', found }];
  }
}

/** The row as it was when the account was last settled: only the time of the last activity can be younger. */
const atSettling = (session: StoredSession, settledTo: number): StoredSession =>
  session.isActive && session.lastActivityAt !== null && session.lastActivityAt > settledTo
    ? { ...session, lastActivityAt: settledTo }
    : session;

function refusedInput(patientId: number, { source, action }: Input, outcome: string): Difference {
  const values = { patientId, expected: `refused: ${outcome}`, found: action.kind };
  return source.kind === 'event'
    ? {
        kind: 'event_refused',
        sessionId: source.sessionId,
        grantId: null,
        eventNo: source.eventNo,
        ...values,
      }
    : { kind: 'entry_refused', sessionId: null, grantId: source.grantId, entryId: source.entryId, ...values };
}
