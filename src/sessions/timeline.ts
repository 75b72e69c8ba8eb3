import type { Session } from '../billing/account.ts';
import type { Instant } from '../billing/time.ts';
import {
  endingOf,
  isLate,
  receiptBlocks,
  type ReceiptEntry,
  type TakenBack,
  type ExplainableSession,
  type Written,
} from './receipt.ts';
import type { LedgerRecord, Picture, WorkersAway } from './records.ts';
import { type EntryRow, loggedIn, type SessionEvent } from './store.ts';
import type { Recorded, SettledAccount } from './unit-of-work.ts';
import { sessionView } from './view.ts';

/** One session with everything that ever happened to it. */
export interface Timeline extends ExplainableSession {
  readonly events: readonly SessionEvent[];
  /** The session's, and those that take a refund of it back. */
  readonly entries: readonly TimelineEntry[];
  /** Of the instants at which something was due that was written late. */
  readonly workersAway: WorkersAway;
}

/** An entry as it is written, and by what a refund was taken back. */
export type TimelineEntry = LedgerRecord & { readonly takenBack: TakenBack | null };

/** What the explanations are made from: what is written of the session, and what is due but not written yet. */
export function explainableSession(
  session: Session,
  settled: SettledAccount,
  picture: Picture,
  recorded: Recorded,
): ExplainableSession {
  const { loaded, events } = picture;
  const due = recorded.entries.filter(({ entry }) => entry.sessionId === session.id).map(dueEntry);
  return {
    view: sessionView(session, settled, loggedIn(loaded, session.id)),
    blocks: receiptBlocks(session, [...timelineEntries(picture), ...due]),
    ending: endingOf(events, loaded.counters.get(session.id)?.endRecordedAt ?? null),
  };
}

const dueEntry = ({ entry, actor, note }: EntryRow): ReceiptEntry => ({
  ...entry,
  actor,
  note,
  recordedAt: null,
  takesBack: null,
  takenBack: null,
});

/** In the order in which they were written. */
export function timelineEntries({ entries, takeBacks }: Picture): readonly TimelineEntry[] {
  const withTakeBack = (entry: LedgerRecord): TimelineEntry => ({
    ...entry,
    takenBack: takeBacks.find(({ takesBack }) => takesBack === entry.id) ?? null,
  });
  return [...entries, ...takeBacks].toSorted((a, b) => a.id - b.id).map(withTakeBack);
}

/** When everything was due that was written late. */
export function lateInstants({ view, blocks, ending }: ExplainableSession): readonly Instant[] {
  const { session, accountNow } = view;
  const written: readonly (Written | null)[] = [
    ...blocks.flatMap(({ charge, refund }) => [charge, refund]),
    session.state === 'ended' ? { effectiveAt: session.endedAt, recordedAt: ending.recordedAt } : null,
  ];
  const late = written.filter((each) => each !== null && isLate(each, accountNow));
  return [...new Set(late.flatMap((each) => each?.effectiveAt ?? []))];
}
