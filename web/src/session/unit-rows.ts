import type { SessionAnswer } from '../api.ts';

type Block = SessionAnswer['blocks'][number];
type Entry = SessionAnswer['ledger'][number];

/** A line of the table *Units*: a block, the refund of its unit, or what took that back. */
export interface UnitRow {
  readonly key: string;
  readonly no: number;
  readonly kind: 'block' | 'refund' | 'taken_back';
  readonly why: string;
  readonly grantId: number | null;
  readonly due: string | null;
  /** Null: it is due and not written yet, or there is nothing to write. */
  readonly written: string | null;
  readonly balanceAfter: number | null;
  readonly act: UnitAct | null;
}

/** What can be done with a unit: give back the charge, or take back the refund. */
export interface UnitAct {
  readonly kind: 'give_back' | 'take_back';
  /** Of the charge, or of the refund. */
  readonly entryId: number;
  readonly grantId: number;
}

/** Every block in its order, each followed by what gave its unit back, and took that back. */
export const unitRows = ({ blocks, ledger }: Pick<SessionAnswer, 'blocks' | 'ledger'>): readonly UnitRow[] =>
  blocks.flatMap((block) => {
    const entry = (kind: Entry['kind']): Entry | undefined =>
      ledger.find((found) => found.kind === kind && found.interval_no === block.interval_no);
    const refund = entry('refund');
    const takenBack = ledger.find(({ takes_back }) => takes_back !== null && takes_back === refund?.entry_id);
    return [
      blockRow(block, entry('charge'), refund !== undefined),
      ...(refund === undefined ? [] : [refundRow(block, refund)]),
      ...(takenBack === undefined ? [] : [takenBackRow(block, takenBack)]),
    ];
  });

function blockRow(block: Block, charge: Entry | undefined, isGivenBack: boolean): UnitRow {
  const isOpen = charge !== undefined && !isGivenBack;
  return {
    key: `block ${block.interval_no}`,
    no: block.interval_no,
    kind: 'block',
    why: block.explanation.sentence,
    grantId: block.grant_id,
    due: block.effective_at,
    written: block.recorded_at,
    balanceAfter: charge?.balance_after ?? null,
    act: isOpen ? { kind: 'give_back', entryId: charge.entry_id, grantId: charge.grant_id } : null,
  };
}

const refundRow = ({ interval_no, refund_explanation }: Block, refund: Entry): UnitRow => ({
  key: `refund ${interval_no}`,
  no: interval_no,
  kind: 'refund',
  why: refund_explanation?.sentence ?? refund.explanation.sentence,
  grantId: refund.grant_id,
  due: refund.effective_at,
  written: refund.recorded_at,
  balanceAfter: refund.balance_after,
  act: refund.is_taken_back
    ? null
    : { kind: 'take_back', entryId: refund.entry_id, grantId: refund.grant_id },
});

const takenBackRow = ({ interval_no }: Block, entry: Entry): UnitRow => ({
  key: `taken back ${interval_no}`,
  no: interval_no,
  kind: 'taken_back',
  why: entry.explanation.sentence,
  grantId: entry.grant_id,
  due: entry.effective_at,
  written: entry.recorded_at,
  balanceAfter: entry.balance_after,
  act: null,
});
