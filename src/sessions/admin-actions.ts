import type { LedgerEntryId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import type { Instant } from '../billing/time.ts';
import type { Page } from './page.ts';

/**
 * What administrators did: who, what, to whom, why. It is kept for ever. A change is recorded by the statement that makes
 * it; all else is recorded on its own, before it is done.
 */
export interface AdminAction {
  readonly actorId: UserId;
  readonly action: ActionName;
  readonly targetKind: TargetKind | null;
  /** Null also where what it was done to has no number: a queue, a night. `after` names it. */
  readonly targetId: number | null;
  readonly patientId: PatientId | null;
  readonly note: string | null;
  readonly before: ActionData | null;
  readonly after: ActionData | null;
  /** Of the request that did it, as the log names it. */
  readonly requestId: string | null;
}

export interface RecordedAction extends AdminAction, ActionCursor {}

/** The position of one among all, in the order in which they were recorded. */
export interface ActionCursor {
  readonly recordedAt: Instant;
  readonly id: number;
}

/** Null: any. `from` is inclusive, `to` exclusive. The cursor is the last one of the page before. */
export interface ActionFilter {
  readonly actorId: UserId | null;
  readonly action: ActionName | null;
  readonly patientId: PatientId | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly cursor: ActionCursor | null;
  readonly limit: number;
}

/** Recorded by the commit that makes the change. */
const CHANGES = [
  'session.ended',
  'charge.refunded',
  'refund.taken_back',
  'grant.adjusted',
  'grant.created',
  'grant.changed',
  'appointment.created',
  'appointment.changed',
] as const;

/** Recorded on their own. */
const ACTS = [
  'signed_in',
  'signed_out',
  'ledger.exported',
  'actions.exported',
  'audit.run',
  'audit.acknowledged',
  'patient.viewed',
] as const;

export type ChangeName = (typeof CHANGES)[number];
export type ActName = (typeof ACTS)[number] | `queue.${string}`;
export type ActionName = ChangeName | ActName;

const KNOWN: ReadonlySet<string> = new Set([...CHANGES, ...ACTS]);
const ON_A_QUEUE = /^queue\.[a-z_]{1,40}$/;

export const isActionName = (text: string): text is ActionName => KNOWN.has(text) || ON_A_QUEUE.test(text);

export type TargetKind = 'session' | 'entry' | 'grant' | 'appointment' | 'patient' | 'queue' | 'audit';

/** Plain JSON, under the names that the API uses. Never the body of a request. */
export type ActionData = Readonly<Record<string, ActionValue | { readonly [name: string]: ActionValue }>>;

type ActionValue = string | number | boolean | null;

/** The port to where they are kept. */
export interface AdminActions {
  /**
   * Records what is about to be done and changes no account. Where the connection breaks, it may be there twice. A view
   * of a patient is there once an hour for each administrator.
   * @throws StoreUnavailable where it cannot be recorded: then it must not be done.
   */
  readonly record: (action: AdminAction & { readonly action: ActName }) => Promise<void>;
  /** Newest first. */
  readonly page: (filter: ActionFilter) => Promise<Page<RecordedAction, ActionCursor>>;
  /** What was done to a session and to these entries of its ledger, oldest first. */
  readonly ofSession: (
    id: SessionId,
    entries: readonly LedgerEntryId[],
  ) => Promise<readonly RecordedAction[]>;
}
