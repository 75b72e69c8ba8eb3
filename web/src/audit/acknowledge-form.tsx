import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { acknowledge } from '../api.ts';
import { Field } from '../parts/field.tsx';
import { failureWords } from '../parts/words.ts';
import { nightsQuery } from '../queries.ts';

/** Somebody has taken note: the night is a problem no more, and stays what it was. */
export function AcknowledgeForm({ night }: { readonly night: string }) {
  const [note, setNote] = useState('');
  const queries = useQueryClient();
  const acknowledging = useMutation({
    mutationFn: acknowledge,
    onSuccess: () => queries.invalidateQueries(nightsQuery),
  });
  return (
    <form
      className="filter"
      onSubmit={(event) => {
        event.preventDefault();
        acknowledging.mutate({ night, note: note.trim() });
      }}
    >
      <Field
        label="Note"
        hint="Kept for ever, and no place for a patient's data"
        value={note}
        onChange={setNote}
      />
      <div className="buttons">
        <Button type="submit" isDisabled={acknowledging.isPending || note.trim() === ''}>
          Acknowledge
        </Button>
        {acknowledging.isError && (
          <span role="alert">It was not acknowledged: {failureWords(acknowledging.error)}</span>
        )}
      </div>
    </form>
  );
}
