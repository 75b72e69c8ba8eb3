import { refundOf, takeBackOf } from '../api.ts';
import { clockOf } from '../parts/time.tsx';
import type { UnitAct } from '../session/unit-rows.ts';
import { ActDialog } from './act-dialog.tsx';
import { grantSentences } from './effect-words.ts';
import { useAct } from './use-act.ts';

/** Gives the unit of a block back to the grant from which it was taken, or takes it from there again. */
export function UnitDialog({
  no,
  unitAct: { kind, entryId, grantId },
  onDone,
  onClose,
}: {
  /** Of the block. */
  readonly no: number;
  readonly unitAct: UnitAct;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}) {
  const isGivingBack = kind === 'give_back';
  const act = useAct(
    (note) => (isGivingBack ? refundOf(entryId, note) : takeBackOf(entryId, note)),
    [kind, entryId],
    () =>
      onDone(
        isGivingBack
          ? `Unit ${no} was given back to grant ${grantId}.`
          : `Refund of unit ${no} was taken back.`,
      ),
  );
  return (
    <ActDialog
      title={isGivingBack ? `Give back unit ${no}` : `Take back refund of unit ${no}`}
      submit={isGivingBack ? 'Give back 1 unit' : 'Take back 1 unit'}
      act={act}
      sentencesOf={(effect) => grantSentences(effect, clockOf)}
      onClose={onClose}
    />
  );
}
