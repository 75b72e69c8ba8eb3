import { useState } from 'react';
import { adjustmentOf } from '../api.ts';
import { Field } from '../parts/field.tsx';
import { clockOf } from '../parts/time.tsx';
import { unitWords } from '../parts/words.ts';
import { ActDialog } from './act-dialog.tsx';
import { grantSentences } from './effect-words.ts';
import { parseUnits } from './units-text.ts';
import { useAct } from './use-act.ts';

/** Adds units to a grant, or takes some from it. */
export function AdjustDialog({
  grantId,
  onDone,
  onClose,
}: {
  readonly grantId: number;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState('');
  const units = parseUnits(text);
  const act = useAct(
    units === null ? null : (note) => adjustmentOf(grantId, units, note),
    [grantId, units],
    ({ balance_after: balance }) => onDone(`Grant ${grantId} has ${unitWords(balance)} now.`),
  );
  return (
    <ActDialog
      title={`Adjust grant ${grantId}`}
      submit={submitWords(units)}
      act={act}
      isComplete={units !== null}
      sentencesOf={(effect) => grantSentences(effect, clockOf)}
      onClose={onClose}
    >
      <Field
        label="Units"
        value={text}
        onChange={(typed) => {
          if (!act.isFixed) setText(typed);
        }}
        hint="Such as 5 to add, or -5 to take away"
        flaw={
          text.trim() === '' || text.trim() === '-' || units !== null
            ? undefined
            : 'Units must be a whole number, and not 0.'
        }
      />
    </ActDialog>
  );
}

function submitWords(units: number | null): string {
  if (units === null) return 'Adjust';
  return units > 0 ? `Add ${unitWords(units)}` : `Take ${unitWords(-units)}`;
}
