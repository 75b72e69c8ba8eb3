import { takeBackOf } from '../api.ts';
import { clockOf } from '../parts/time.tsx';
import { ActDialog } from './act-dialog.tsx';
import { grantSentences } from './effect-words.ts';
import { useAct } from './use-act.ts';

/** Takes a unit that was given back from its grant again. */
export function TakeBackDialog({
  refund: { entryId, no },
  onDone,
  onClose,
}: {
  readonly refund: { readonly entryId: number; readonly no: number };
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}) {
  const act = useAct(
    (note) => takeBackOf(entryId, note),
    [entryId],
    () => onDone(`Refund of unit ${no} was taken back.`),
  );
  return (
    <ActDialog
      title={`Take back refund of unit ${no}`}
      submit="Take back 1 unit"
      act={act}
      sentences={act.effect === null ? [] : grantSentences(act.effect, clockOf)}
      onClose={onClose}
    />
  );
}
