import type { Session } from '../billing/account.ts';
import { blockStart } from '../billing/blocks.ts';
import type { GrantId } from '../billing/ids.ts';
import type { EntryReason, LedgerEntry } from '../billing/ledger.ts';
import type { Instant } from '../billing/time.ts';
import type { SessionView } from './view.ts';

/** Why each unit of a session was taken. */
export interface Receipt {
  readonly kind: 'receipt';
  readonly view: SessionView;
  readonly blocks: readonly ReceiptBlock[];
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
  /** Why it was charged; null where it was not. */
  readonly reason: EntryReason | null;
  /** The grant that paid, or on which it is held; null where it was released. */
  readonly grantId: GrantId | null;
  /** When the charge was due. */
  readonly effectiveAt: Instant | null;
  /** When it was written; null where that is still to come. */
  readonly recordedAt: Instant | null;
}

/** An entry of the session's ledger; `recordedAt` is null while it is due but not yet written. */
export interface ReceiptEntry extends Pick<
  LedgerEntry,
  'kind' | 'reason' | 'intervalNo' | 'grantId' | 'effectiveAt'
> {
  readonly recordedAt: Instant | null;
}

/** Every block that the session entered, and what became of the unit that was held for it. */
export function receiptBlocks(session: Session, entries: readonly ReceiptEntry[]): readonly ReceiptBlock[] {
  return Array.from({ length: blocksEntered(session) }, (_block, index) => blockOf(session, index, entries));
}

/** A block is entered at its start, unless the session ends at that very instant. */
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
  const block = { intervalNo, startsAt, endsAt };
  const ofBlock = entries.filter((entry) => entry.intervalNo === intervalNo);
  const charge = ofBlock.find(({ kind }) => kind === 'charge');
  if (charge !== undefined) {
    const isRefunded = ofBlock.some(({ kind }) => kind === 'refund');
    const { reason, grantId, effectiveAt, recordedAt } = charge;
    const outcome = isRefunded
      ? ({ state: 'refunded', units: 0 } as const)
      : ({ state: 'charged', units: 1 } as const);
    return { ...block, ...outcome, reason, grantId, effectiveAt, recordedAt };
  }
  const uncharged = { ...block, units: 0, reason: null, effectiveAt: null, recordedAt: null };
  return session.state === 'active'
    ? { ...uncharged, state: 'held', grantId: session.heldOn }
    : { ...uncharged, state: 'released', grantId: null };
}
