import { refundOf } from '../api.ts';
import { clockOf } from '../parts/time.tsx';
import { ActDialog } from './act-dialog.tsx';
import { grantSentences } from './effect-words.ts';
import { useAct } from './use-act.ts';

/** Gives a unit back to the grant from which it was taken. */
export function GiveBackDialog({
  charge,
  onDone,
  onClose,
}: {
  readonly charge: { readonly entryId: number; readonly no: number; readonly grantId: number };
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}) {
  const { entryId, no, grantId } = charge;
  const act = useAct(
    (note) => refundOf(entryId, note),
    [entryId],
    () => onDone(`Unit ${no} was given back to grant ${grantId}.`),
  );
  return (
    <ActDialog
      title={`Give back unit ${no}`}
      submit="Give back 1 unit"
      act={act}
      sentences={act.effect === null ? [] : grantSentences(act.effect, clockOf)}
      onClose={onClose}
    />
  );
}
