/** One row that is not as the rules say it must be. Nothing was changed. */
export type Difference = Location & {
  /** In words and figures: what the rules demand. */
  readonly expected: string;
  /** The same, as it is stored. */
  readonly found: string;
} & (
    | { readonly kind: 'entry_missing'; readonly entry: 'charge' | 'refund'; readonly intervalNo: number }
    | { readonly kind: 'entry_not_due'; readonly entryId: number }
    | { readonly kind: 'entry_differs'; readonly entryId: number; readonly field: EntryField }
    | { readonly kind: 'balance_differs'; readonly entryId: number }
    /** `eventNo`: the number that is left out; null where a line is missing whose number cannot be known. */
    | { readonly kind: 'event_missing'; readonly eventNo: number | null }
    | { readonly kind: 'event_not_due'; readonly eventNo: number }
    | { readonly kind: 'event_differs'; readonly eventNo: number; readonly field: EventField }
    /** It records something that the rules would have refused at that instant. */
    | { readonly kind: 'event_refused'; readonly eventNo: number }
    | { readonly kind: 'entry_refused'; readonly entryId: number }
    | { readonly kind: 'session_differs'; readonly column: string }
    | { readonly kind: 'grant_differs'; readonly column: string }
    /** The history makes no sense at all: nothing else of the account could be compared. */
    | { readonly kind: 'account_unreadable' }
  );

/** Whose row it is. */
interface Location {
  readonly patientId: number;
  readonly sessionId: number | null;
  readonly grantId: number | null;
}

export type EntryField = 'grant_id' | 'reason' | 'effective_at' | 'units';
export type EventField = EntryField | 'last_activity_ms' | 'funded_until_ms';

/** What a difference is about, in a few words: `charge 2 is missing`, `entry 71: grant_id`. */
export function topicOf(difference: Difference): string {
  switch (difference.kind) {
    case 'entry_missing':
      return `${difference.entry} ${difference.intervalNo} is missing in the ledger`;
    case 'entry_not_due':
      return `entry ${difference.entryId} was not due`;
    case 'entry_differs':
      return `entry ${difference.entryId}: ${difference.field}`;
    case 'balance_differs':
      return `entry ${difference.entryId}: balance_after`;
    case 'event_missing':
      return difference.eventNo === null ? 'an event is missing' : `event ${difference.eventNo} is missing`;
    case 'event_not_due':
      return `event ${difference.eventNo} was not due`;
    case 'event_differs':
      return `event ${difference.eventNo}: ${difference.field}`;
    case 'event_refused':
      return `event ${difference.eventNo} could not happen`;
    case 'entry_refused':
      return `entry ${difference.entryId} could not happen`;
    case 'session_differs':
      return `session: ${difference.column}`;
    case 'grant_differs':
      return `grant: ${difference.column}`;
    case 'account_unreadable':
      return 'account cannot be recomputed';
  }
}

/** An instant, a figure or its absence, as a person reads it. */
export const shownInstant = (at: number | null): string =>
  at === null ? 'none' : new Date(at).toISOString();

export const shown = (value: string | number | boolean | null): string =>
  value === null ? 'none' : String(value);

export interface AuditSummary {
  readonly accounts: number;
  /** Sessions of the period, and those that are still active. */
  readonly sessions: number;
  readonly entries: number;
  readonly events: number;
  readonly differences: number;
  /** Whether everything that was asked for was audited. */
  readonly isComplete: boolean;
}

/** Differences as a table for people: one line a row, wide enough for what is usual. */

const COLUMNS: readonly (readonly [
  title: string,
  width: number,
  cell: (difference: Difference) => string,
])[] = [
  ['patient', 8, ({ patientId }) => shown(patientId)],
  ['session', 8, ({ sessionId }) => shownOrDash(sessionId)],
  ['grant', 8, ({ grantId }) => shownOrDash(grantId)],
  ['what', 34, topicOf],
  ['expected', 30, ({ expected }) => expected],
  ['found', 0, ({ found }) => found],
];

const shownOrDash = (id: number | null): string => (id === null ? '-' : String(id));

const lineOf = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(COLUMNS[i]?.[1] ?? 0))
    .join('  ')
    .trimEnd();

export const tableHead = (): string => lineOf(COLUMNS.map(([title]) => title));

export const tableRow = (difference: Difference): string =>
  lineOf(COLUMNS.map(([, , cell]) => cell(difference)));

/** What was audited and what was found, in one sentence. */
export function summaryLine(summary: AuditSummary, seconds: number): string {
  const { accounts, sessions, entries, events, differences } = summary;
  return (
    `${counted(accounts, 'account')}, ${counted(sessions, 'session')}, ` +
    `${counted(entries, 'ledger entry', 'ledger entries')} and ${counted(events, 'event')} ` +
    `read in ${seconds.toFixed(1)} s: ${counted(differences, 'difference')}`
  );
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
