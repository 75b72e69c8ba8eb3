import type { Session } from '../billing/account.ts';
import type { Ending, ReceiptBlock, ReceiptEntry, ExplainableSession } from '../sessions/receipt.ts';
import type { WorkersAway } from '../sessions/records.ts';
import { explainFreeEnd, explainHeld, explainReleased } from './explain-end.ts';
import { explainEntry } from './explain-entry.ts';
import type { Explanation, Reader, Audience } from './explanation.ts';
import { lateness } from './lateness.ts';
import { wallClock } from './wall-clock.ts';

/** Why each unit of one session was taken, in one sentence each, and what ended it. */
export interface ExplainedSession {
  /** Null while it is active. */
  readonly end: Explanation | null;
  /** Of an entry of this session, or one that takes a refund of it back. */
  readonly entry: (entry: ReceiptEntry) => Explanation;
  readonly block: (block: ReceiptBlock) => ExplainedBlock;
}

export interface ExplainedBlock {
  readonly explanation: Explanation;
  /** Why its charge was given back; null where it was not. */
  readonly refundExplanation: Explanation | null;
}

/** Who reads it, and in which time zone: an IANA name. */
export interface ReaderOptions {
  readonly reader: Reader;
  readonly timeZone: string;
}

/**
 * Explains a session to one reader. The same for the receipt and for the timeline: a participant reads the same sentences,
 * but not who an administrator was, the notes, and whether a worker ran.
 *
 * @throws RangeError where there is no such time zone.
 */
export function explainSession(
  { view, blocks, ending }: ExplainableSession,
  { reader, timeZone }: ReaderOptions,
  workersAway: WorkersAway = new Map(),
): ExplainedSession {
  const { session, accountNow } = view;
  const audience: Audience = { reader, at: wallClock(timeZone, session.startedAt) };
  const entry = (written: ReceiptEntry): Explanation => {
    const { rule, sentence } = explainEntry(written, session, audience);
    return { rule, sentence: sentence + lateness(written, accountNow, workersAway, audience) };
  };
  const block = (entered: ReceiptBlock): ExplainedBlock => ({
    explanation:
      entered.charge === null ? uncharged(entered, session, ending, audience) : entry(entered.charge),
    refundExplanation: entered.refund === null ? null : entry(entered.refund),
  });
  return { end: explainEnd(), entry, block };

  /** By the charge that the end made, where it made one. */
  function explainEnd(): Explanation | null {
    if (session.state === 'active') return null;
    const charge = blocks.find((each) => each.charge?.reason === session.endReason)?.charge ?? null;
    if (charge !== null) return entry(charge);
    const { rule, sentence } = explainFreeEnd(session, ending, blocks, audience);
    const written = { effectiveAt: session.endedAt, recordedAt: ending.recordedAt };
    return { rule, sentence: sentence + lateness(written, accountNow, workersAway, audience) };
  }
}

const uncharged = (block: ReceiptBlock, session: Session, ending: Ending, audience: Audience): Explanation =>
  session.state === 'active'
    ? explainHeld(block, session, audience)
    : explainReleased(block, session, ending, audience);
