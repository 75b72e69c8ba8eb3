import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { find, type Hit } from '../api.ts';
import { notLoadedWords } from '../parts/loaded.tsx';
import { type NumberKind, placeOf } from '../parts/places.ts';
import { capital } from '../parts/words.ts';

const BY_LETTER: Readonly<Record<string, NumberKind>> = {
  p: 'patient',
  s: 'session',
  a: 'appointment',
  g: 'grant',
  e: 'entry',
  d: 'doctor',
};

/** A number of anything, from wherever one is: `/`, the number, Enter. A letter before it says what it is of. */
export function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [isFlawed, setFlawed] = useState(false);
  const search = useMutation({
    mutationFn: find,
    onSuccess: ({ hits: [hit, ...others] }) => {
      if (hit !== undefined && others.length === 0) goTo(hit);
    },
  });
  const { reset } = search;
  const path = useRouterState({ select: ({ location }) => location.href });
  useSlash(input);
  // What was found belongs to the page from which it was looked for.
  useEffect(() => reset(), [path, reset]);

  function goTo({ kind, id }: Hit): void {
    setText('');
    void navigate(placeOf(kind, id));
  }

  function submit(): void {
    const [, letter = '', digits = ''] = /^\s*([psaged]?)\s*0*([1-9]\d{0,15})\s*$/i.exec(text) ?? [];
    setFlawed(digits === '');
    reset();
    if (digits === '') return;
    const kind = BY_LETTER[letter.toLowerCase()];
    if (kind === undefined) search.mutate(Number(digits));
    else goTo({ kind, id: Number(digits) });
  }

  return (
    <form
      role="search"
      className="search"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={({ key }) => key === 'Escape' && reset()}
    >
      <input
        ref={input}
        aria-label="Find a number"
        placeholder="Find a number  /"
        title="The number of anything, or p7, s7, a7, g7, e7, d7: patient, session, appointment, grant, entry, doctor"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="search"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <div role="status" className="found">
        {isFlawed && <p>Type a number, or p7, s7, a7, g7, e7, d7.</p>}
        {search.isError && <p>{notLoadedWords(search.error)}</p>}
        {search.data !== undefined && <Found number={search.variables} hits={search.data.hits} />}
      </div>
    </form>
  );
}

function Found({ number, hits }: { readonly number: number; readonly hits: readonly Hit[] }) {
  if (hits.length === 0) return <p>Nothing has the number {number}.</p>;
  if (hits.length === 1) return null;
  return (
    <>
      <p>Number {number} is</p>
      <ul>
        {hits.map(({ kind, id }) => (
          <li key={kind}>
            <Link {...placeOf(kind, id)}>
              {capital(kind)} {id}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

/** `/` puts the focus into the box, unless somebody is writing, or a dialog is open. */
function useSlash(input: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const isWriting = target instanceof Element && target.closest('input, textarea, select') !== null;
      const isInDialog = document.querySelector('[role="alertdialog"], [role="dialog"]') !== null;
      if (key !== '/' || ctrlKey || metaKey || altKey || isWriting || isInDialog) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [input]);
}
