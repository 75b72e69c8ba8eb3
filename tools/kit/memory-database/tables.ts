/** The tables of the database of the tests, and the two questions that are asked of more than one place. */
import type { Appointment, Grant, StandingCharge } from '../../../src/billing/account.ts';
import type {
  AppointmentId,
  GrantId,
  LedgerEntryId,
  PatientId,
  SessionId,
} from '../../../src/billing/ids.ts';
import type { LedgerEntry } from '../../../src/billing/ledger.ts';
import type { AdminAction } from '../../../src/sessions/admin-actions.ts';
import type { StoredMessage, SessionEvent, EntryRow, SessionRow } from '../../../src/sessions/store.ts';

export type StoredSession = Omit<SessionRow, 'isNew'>;
export type StoredEntry = EntryRow & { readonly id: LedgerEntryId };

export interface Tables {
  readonly accounts: ReadonlySet<PatientId>;
  readonly appointments: ReadonlyMap<AppointmentId, Appointment>;
  readonly grants: ReadonlyMap<GrantId, Grant>;
  readonly sessions: ReadonlyMap<SessionId, StoredSession>;
  /** In the order of their ids. */
  readonly entries: readonly StoredEntry[];
  readonly events: readonly SessionEvent[];
  readonly messages: readonly StoredMessage[];
  readonly actions: readonly AdminAction[];
}

export const noRows = (): Tables => ({
  accounts: new Set(),
  appointments: new Map(),
  grants: new Map(),
  sessions: new Map(),
  entries: [],
  events: [],
  messages: [],
  actions: [],
});

type OfBlock = Pick<LedgerEntry, 'sessionId' | 'intervalNo'>;

const isRefunded = (tables: Tables, { sessionId, intervalNo }: OfBlock): boolean =>
  tables.entries.some(
    ({ entry }) =>
      entry.kind === 'refund' && entry.sessionId === sessionId && entry.intervalNo === intervalNo,
  );

/** The charges of a session that were not refunded, by their number. */
export const standingCharges = (tables: Tables, id: SessionId): StandingCharge[] =>
  tables.entries.flatMap(({ entry: { kind, sessionId, intervalNo, grantId } }) =>
    kind === 'charge' &&
    sessionId === id &&
    intervalNo !== null &&
    !isRefunded(tables, { sessionId, intervalNo })
      ? [{ intervalNo, grantId }]
      : [],
  );
