import { auditAccount } from './audit-account.ts';
import type { Drift } from './difference.ts';
import type { AccountHistory, StoredSession } from './history.ts';

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
  /** A page ends with the account that brings it over so many lines of the audit log. */
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

export interface AuditSummary {
  readonly accounts: number;
  /** Sessions of the period, and those that are still active. */
  readonly sessions: number;
  readonly entries: number;
  readonly events: number;
  readonly differences: number;
  /** Whether all that was asked for has been looked at. */
  readonly isComplete: boolean;
}

export interface AuditOptions {
  readonly request: AuditRequest;
  readonly size: PageSize;
  readonly readPage: ReadAuditPage;
  readonly onDrift: (drift: Drift) => void;
  /**
   * Called between two accounts; may let others do their work. The next page comes meanwhile only where the event loop
   * turns in it now and then.
   */
  readonly breathe: () => Promise<void>;
  /** Called after each page. False = stop here. */
  readonly goOn: () => boolean | Promise<boolean>;
}

/** Audits account after account. Holds two pages at a time, however many there are. */
export async function audit(options: AuditOptions): Promise<AuditSummary> {
  const { request, size, readPage, onDrift, breathe, goOn } = options;
  const count = { accounts: 0, sessions: 0, entries: 0, events: 0, differences: 0 };
  const read = (after: string | null): Promise<AuditPage> => {
    const page = readPage(request, size, after);
    // Whoever awaits it later is told; until then nobody is, and that is no accident.
    page.catch(() => {});
    return page;
  };
  let coming: Promise<AuditPage> | null = read(null);
  while (coming !== null) {
    const page: AuditPage = await coming;
    coming = page.next === null ? null : read(page.next);
    for (const history of page.histories) {
      const asked = history.sessions.filter((session) => isAskedFor(session, request));
      const drift = withinRequest(auditAccount(history), history, asked);
      for (const row of drift) onDrift(row);
      count.accounts += 1;
      count.sessions += asked.length;
      count.entries += history.entries.length;
      count.events += history.events.length;
      count.differences += drift.length;
      await breathe();
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

/** What is wrong with older sessions of the account has been, or will be, told with their own period. */
function withinRequest(
  drift: readonly Drift[],
  { sessions }: AccountHistory,
  asked: readonly StoredSession[],
): readonly Drift[] {
  if (asked.length === sessions.length || drift.length === 0) return drift;
  const own = new Set(asked.map(({ sessionId }) => sessionId));
  const others = new Set(
    sessions.map(({ sessionId }) => sessionId).filter((sessionId) => !own.has(sessionId)),
  );
  return drift.filter(({ sessionId }) => sessionId === null || !others.has(sessionId));
}
