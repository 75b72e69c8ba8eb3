import './dialog.css';
import { type ReactNode, useEffect, useRef } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Effect } from './effect-words.ts';
import { NoteField, useNote } from './note-field.tsx';
import type { Act } from './use-act.ts';

/** A dialog that says what it is about to do before it can be done. Esc and Cancel leave everything as it is. */
export function ActDialog({
  title,
  submit,
  act,
  sentencesOf,
  isComplete = true,
  onClose,
  children,
}: {
  readonly title: string;
  /** What the button says. */
  readonly submit: string;
  readonly act: Act;
  /** What it would do, in words. */
  readonly sentencesOf: (effect: Effect) => readonly string[];
  /** Whether everything beside the note is chosen. */
  readonly isComplete?: boolean;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}) {
  const note = useNote();
  const trouble = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The button that was pressed was disabled meanwhile, and had to let go of the focus.
    if (act.trouble !== null && !act.isSending) trouble.current?.focus();
  }, [act.trouble, act.isSending]);
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Modal className="modal">
        <Dialog role="alertdialog" className="dialog">
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (note.isWritten()) act.send(note.text.trim());
            }}
          >
            <NoteField note={note} isReadOnly={act.isFixed} />
            {children}
            {act.trouble !== null && (
              <p role="alert" ref={trouble} tabIndex={-1}>
                {act.trouble}
              </p>
            )}
            <Effects
              sentences={act.effect === null ? [] : sentencesOf(act.effect)}
              isLoading={isComplete && act.effect === null && act.loadAgain === null}
            />
            <div className="buttons">
              <Button
                type="submit"
                className="primary"
                isDisabled={!isComplete || act.effect === null || act.isSending}
              >
                {submit}
              </Button>
              <Button onPress={onClose}>Cancel</Button>
              {act.loadAgain !== null && <Button onPress={act.loadAgain}>Try again</Button>}
            </div>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** What is about to happen, read out as it changes. */
function Effects({
  sentences,
  isLoading,
}: {
  readonly sentences: readonly string[];
  readonly isLoading: boolean;
}) {
  return (
    <div className="effect" aria-live="polite">
      {isLoading && <p className="quiet">Asking what it would do…</p>}
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}
