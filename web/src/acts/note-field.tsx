import { type RefObject, useId, useRef, useState } from 'react';

const LONGEST_NOTE = 500;

/** What somebody writes of why. */
export interface Note {
  readonly text: string;
  readonly write: (text: string) => void;
  /** Somebody wanted to go on without it. */
  readonly isMissed: boolean;
  readonly input: RefObject<HTMLTextAreaElement | null>;
  /** Where nothing is written, it says so, and the note gets the focus. */
  readonly isWritten: () => boolean;
}

export function useNote(): Note {
  const [text, write] = useState('');
  const [wasMissed, setMissed] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const isEmpty = text.trim() === '';
  return {
    text,
    write,
    isMissed: wasMissed && isEmpty,
    input,
    isWritten: () => {
      setMissed(isEmpty);
      if (isEmpty) input.current?.focus();
      return !isEmpty;
    },
  };
}

export function NoteField({ note, isReadOnly }: { readonly note: Note; readonly isReadOnly: boolean }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Note</label>
      <textarea
        id={id}
        ref={note.input}
        // A dialog takes the focus, and this is where one begins.
        autoFocus
        rows={2}
        maxLength={LONGEST_NOTE}
        value={note.text}
        readOnly={isReadOnly}
        aria-invalid={note.isMissed || undefined}
        aria-describedby={`${id}-said`}
        onChange={({ target }) => note.write(target.value)}
      />
      {note.isMissed ? (
        <p id={`${id}-said`} className="flaw" role="alert">
          Write in a few words why.
        </p>
      ) : (
        <p id={`${id}-said`} className="hint">
          Why, in up to {LONGEST_NOTE} characters. It is kept for ever: no place for anything about a patient.
        </p>
      )}
    </div>
  );
}
