import { useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { endOf } from '../api.ts';
import { unitWords } from '../parts/words.ts';
import { ActDialog } from './act-dialog.tsx';
import { endSentences } from './effect-words.ts';
import { useAct } from './use-act.ts';

/** Ends a session. Whether its block in progress is charged has to be said: nothing is chosen beforehand. */
export function EndDialog({
  sessionId,
  onDone,
  onClose,
}: {
  readonly sessionId: number;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}) {
  const [charge, setCharge] = useState<boolean | null>(null);
  const act = useAct(
    charge === null ? null : (note) => endOf(sessionId, charge, note),
    [sessionId, charge],
    ({ total_sessions_used: units }) => onDone(`Session ${sessionId} has ended: ${unitWords(units)}.`),
  );
  return (
    <ActDialog
      title={`End session ${sessionId}`}
      submit="End session"
      act={act}
      isComplete={charge !== null}
      sentencesOf={endSentences}
      onClose={onClose}
    >
      <RadioGroup
        className="radios"
        value={charge === null ? null : charge ? 'yes' : 'no'}
        onChange={(value) => setCharge(value === 'yes')}
        isReadOnly={act.isFixed}
      >
        <Label>Charge the block in progress?</Label>
        <Radio value="yes">Yes</Radio>
        <Radio value="no">No</Radio>
      </RadioGroup>
    </ActDialog>
  );
}
