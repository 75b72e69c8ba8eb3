import { type Actor, type Session, system } from '../billing/account.ts';
import { blockStart } from '../billing/blocks.ts';
import type { GrantId } from '../billing/ids.ts';
import type { LedgerEntry } from '../billing/ledger.ts';
import type { Instant } from '../billing/time.ts';
import type { LedgerRecord } from './records.ts';
import type { SessionEvent } from './store.ts';
import type { SessionView } from './view.ts';

/** Why each unit of a session was taken. */
export interface Receipt extends ExplainableSession {
  readonly kind: 'receipt';
}

/** What the explanations of a session are made from. */
export interface ExplainableSession {
  readonly view: SessionView;
  readonly blocks: readonly ReceiptBlock[];
  /** Says nothing of a session that is active. */
  readonly ending: Ending;
}

export interface ReceiptBlock {
  /** From 1. */
  readonly intervalNo: number;
  readonly startsAt: Instant;
  /** Where the block was over: its boundary, or the session's end inside it. For the block in progress: its boundary. */
  readonly endsAt: Instant;
  /** `held`: in progress; `charged`; `refunded`: charged and given back; `released`: entered, and cost nothing. */
  readonly state: 'held' | 'charged' | 'refunded' | 'released';
  /** What it cost in the end: 0 or 1. */
  readonly units: number;
  /** The grant that paid, or on which it is held; null where it was released. */
  readonly grantId: GrantId | null;
  readonly charge: ReceiptEntry | null;
  readonly refund: ReceiptEntry | null;
}

/** When something was due, and when it was written; null while it is due but not yet written. */
export interface Written {
  readonly effectiveAt: Instant;
  readonly recordedAt: Instant | null;
}

/** An entry of the session's ledger, or one that takes a refund of it back. */
export interface ReceiptEntry
  extends
    Written,
    Pick<LedgerEntry, 'kind' | 'reason' | 'units' | 'intervalNo' | 'grantId'>,
    Pick<LedgerRecord, 'actor' | 'note' | 'takesBack'> {
  /** By what a refund was taken back; null where it was not. */
  readonly takenBack: TakenBack | null;
}

export type TakenBack = Pick<LedgerRecord, 'effectiveAt' | 'actor' | 'note'>;

/** Who ended the session, and why where an administrator did. */
export interface Ending {
  readonly actor: Actor;
  readonly note: string | null;
  readonly recordedAt: Instant | null;
}

/** Written later than this after it was due is late: a running worker needs less. */
const LATE_MS = 2_000;

/** Whether it was written late; if it is not written, whether it will have been. */
export const isLate = ({ effectiveAt, recordedAt }: Written, now: Instant): boolean =>
  (recordedAt ?? now) - effectiveAt > LATE_MS;

/** Every block that the session entered, and what became of the unit that was held for it. */
export function receiptBlocks(session: Session, entries: readonly ReceiptEntry[]): readonly ReceiptBlock[] {
  const entered = Math.max(blocksEntered(session), ...entries.map(({ intervalNo }) => intervalNo ?? 0));
  return Array.from({ length: entered }, (_block, index) => blockOf(session, index, entries));
}

/** A block is entered at its start. One that ends at that very instant is shown only if it was charged, by an administrator. */
function blocksEntered(session: Session): number {
  if (session.state === 'active') return session.blocksCompleted + 1;
  const lastedMs = session.endedAt - session.startedAt;
  return Math.max(1, Math.ceil(lastedMs / session.policy.intervalMs));
}

function blockOf(session: Session, index: number, entries: readonly ReceiptEntry[]): ReceiptBlock {
  const intervalNo = index + 1;
  const startsAt = blockStart(session, index);
  const boundary = blockStart(session, index + 1);
  const endsAt = session.state === 'ended' && session.endedAt < boundary ? session.endedAt : boundary;
  const ofBlock = entries.filter((entry) => entry.intervalNo === intervalNo);
  const charge = ofBlock.find(({ kind }) => kind === 'charge') ?? null;
  const refund = ofBlock.find(({ kind }) => kind === 'refund') ?? null;
  const block = { intervalNo, startsAt, endsAt, charge, refund };
  if (charge !== null)
    return refund === null
      ? { ...block, state: 'charged', units: 1, grantId: charge.grantId }
      : { ...block, state: 'refunded', units: 0, grantId: charge.grantId };
  return session.state === 'active'
    ? { ...block, state: 'held', units: 0, grantId: session.heldOn }
    : { ...block, state: 'released', units: 0, grantId: null };
}

/** Who ended a session. The engine, where no event says who. */
export function endingOf(events: readonly SessionEvent[], recordedAt: Instant | null): Ending {
  const ended = events.find(({ type }) => type === 'ended');
  const note = ended?.data['note'];
  return { actor: ended?.actor ?? system, note: typeof note === 'string' ? note : null, recordedAt };
}
