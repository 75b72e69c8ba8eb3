/** One row that is not as the rules say it must be. Nothing was changed. */
export type Drift = Place & {
  /** In words and figures, as the rules have it. */
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
    /** It tells of something that the rules would have refused at that instant. */
    | { readonly kind: 'event_refused'; readonly eventNo: number }
    | { readonly kind: 'entry_refused'; readonly entryId: number }
    | { readonly kind: 'session_differs'; readonly column: string }
    | { readonly kind: 'grant_differs'; readonly column: string }
    /** The history makes no sense at all: nothing else of the account could be compared. */
    | { readonly kind: 'account_unreadable' }
  );

export interface Place {
  readonly patientId: number;
  readonly sessionId: number | null;
  readonly grantId: number | null;
}

export type EntryField = 'grant_id' | 'reason' | 'effective_at' | 'units';
export type EventField = EntryField | 'last_activity_ms' | 'funded_until_ms';

/** What a row of drift is about, in a few words: `charge 2 is missing`, `entry 71: grant_id`. */
export function topicOf(drift: Drift): string {
  switch (drift.kind) {
    case 'entry_missing':
      return `${drift.entry} ${drift.intervalNo} is missing in the ledger`;
    case 'entry_not_due':
      return `entry ${drift.entryId} was not due`;
    case 'entry_differs':
      return `entry ${drift.entryId}: ${drift.field}`;
    case 'balance_differs':
      return `entry ${drift.entryId}: balance_after`;
    case 'event_missing':
      return drift.eventNo === null ? 'an event is missing' : `event ${drift.eventNo} is missing`;
    case 'event_not_due':
      return `event ${drift.eventNo} was not due`;
    case 'event_differs':
      return `event ${drift.eventNo}: ${drift.field}`;
    case 'event_refused':
      return `event ${drift.eventNo} could not happen`;
    case 'entry_refused':
      return `entry ${drift.entryId} could not happen`;
    case 'session_differs':
      return `session: ${drift.column}`;
    case 'grant_differs':
      return `grant: ${drift.column}`;
    case 'account_unreadable':
      return 'account cannot be recomputed';
  }
}

/** An instant, a figure or its absence, as a person reads it. */
export const shownInstant = (at: number | null): string =>
  at === null ? 'none' : new Date(at).toISOString();

export const shown = (value: string | number | boolean | null): string =>
  value === null ? 'none' : String(value);
