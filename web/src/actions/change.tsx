import './change.css';
import { useId, useState } from 'react';
import { Button } from 'react-aria-components';
import type { AdminAction } from '../api.ts';

/** What an act changed, field by field, where somebody asks; nothing where it changed nothing. */
export function Change({ action }: { readonly action: AdminAction }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const { before, after, request_id: request } = action;
  if (before === null && after === null) return null;
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return (
    <>
      <Button
        className="small"
        aria-expanded={isOpen}
        {...(isOpen ? { 'aria-controls': id } : {})}
        onPress={() => setOpen(!isOpen)}
      >
        Before and after
      </Button>
      {isOpen && (
        <div id={id}>
          <dl className="change">
            {names.map((name) => (
              <ChangedField key={name} name={name} was={before?.[name]} is={after?.[name]} />
            ))}
          </dl>
          {request !== null && (
            <p className="quiet">
              Request <code>{request}</code>
            </p>
          )}
        </div>
      )}
    </>
  );
}

interface ChangedFieldProps {
  readonly name: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** What was made anew has nothing before it. */
function ChangedField({ name, was, is }: ChangedFieldProps) {
  const [from, to] = [textOf(was), textOf(is)];
  return (
    <div>
      <dt>{name}</dt>
      <dd>{was === undefined || from === to ? to : `${from} → ${to}`}</dd>
    </div>
  );
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
