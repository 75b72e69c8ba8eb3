import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { Button } from 'react-aria-components';
import type { AdminAction } from '../api.ts';
import { isNumberKind, placeOf } from '../parts/places.ts';
import { Time } from '../parts/time.tsx';
import { wordsOfAction } from './action-words.ts';

/** One act; below it, where somebody asks, what it changed. */
export function ActionRows({ action }: { readonly action: AdminAction }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const { before, after } = action;
  const hasChange = before !== null || after !== null;
  return (
    <>
      <tr>
        <td>
          <Time at={action.at} />
        </td>
        <td>
          User {action.actor_id} ({action.actor_role})
        </td>
        <td>{wordsOfAction(action.action)}</td>
        <td>
          <About action={action} />
        </td>
        <td className="note">{action.note}</td>
        <td>
          {hasChange && (
            <Button
              aria-expanded={isOpen}
              {...(isOpen ? { 'aria-controls': id } : {})}
              onPress={() => setOpen(!isOpen)}
              className="small"
            >
              Before and after
            </Button>
          )}
        </td>
      </tr>
      {isOpen && (
        <tr id={id}>
          <td colSpan={6}>
            <Change before={before} after={after} requestId={action.request_id} />
          </td>
        </tr>
      )}
    </>
  );
}

/** A queue and a night have no number: what was done says which. */
const nameIn = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What the act was about, and whose it is. */
function About({ action }: { readonly action: AdminAction }) {
  const { target_kind: kind, target_id: target, patient_id: patient, after } = action;
  const named = nameIn(after?.[kind === 'queue' ? 'queue' : 'night']);
  return (
    <>
      {kind !== null && target !== null && isNumberKind(kind) && (
        <Link {...placeOf(kind, target)}>
          {kind[0]?.toUpperCase()}
          {kind.slice(1)} {target}
        </Link>
      )}
      {named !== null && `${kind === 'queue' ? 'Queue' : 'Night of'} ${named}`}
      {patient !== null && kind !== 'patient' && (
        <>
          {kind !== null && target !== null && ' of '}
          <Link {...placeOf('patient', patient)}>patient {patient}</Link>
        </>
      )}
    </>
  );
}

type Fields = Readonly<Record<string, unknown>>;

function Change({
  before,
  after,
  requestId,
}: {
  readonly before: Fields | null;
  readonly after: Fields | null;
  readonly requestId: string | null;
}) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return (
    <>
      <table className="change">
        <caption className="seen-by-readers">Before and after</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const [was, is] = [textOf(before?.[name]), textOf(after?.[name])];
            return (
              <tr key={name} className={was === is ? 'same' : undefined}>
                <th scope="row">{name}</th>
                <td>{was}</td>
                <td>{is}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {requestId !== null && (
        <p className="quiet">
          Request <code>{requestId}</code>
        </p>
      )}
    </>
  );
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
