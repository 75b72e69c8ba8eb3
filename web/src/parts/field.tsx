import { type ReactNode, useId } from 'react';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What a person may need to know before writing. */
  readonly hint?: string | undefined;
  /** What is wrong with what was written. */
  readonly flaw?: string | undefined;
  /** Of numbers a phone shows only digits. */
  readonly isNumber?: boolean;
  /** Nothing is stored by the browser. */
  readonly isSecret?: boolean;
}

/** A line of text with its name, what it is for and what is wrong with it. */
export function Field({
  label,
  value,
  onChange,
  hint,
  flaw,
  isNumber = false,
  isSecret = false,
}: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        value={value}
        inputMode={isNumber ? 'numeric' : 'text'}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className={isSecret ? 'secret' : undefined}
        aria-invalid={flaw === undefined ? undefined : true}
        aria-describedby={flaw === undefined && hint === undefined ? undefined : `${id}-said`}
        onChange={({ target }) => onChange(target.value)}
      />
      <Said id={`${id}-said`} hint={hint} flaw={flaw} />
    </div>
  );
}

function Said({ id, hint, flaw }: { readonly id: string } & Pick<FieldProps, 'hint' | 'flaw'>): ReactNode {
  if (flaw !== undefined)
    return (
      <p id={id} className="flaw" role="alert">
        {flaw}
      </p>
    );
  return hint === undefined ? null : (
    <p id={id} className="hint">
      {hint}
    </p>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** In words, by value, in this order. The first is shown for a value that is none of them. */
  readonly choices: Readonly<Record<string, string>>;
}

/** One of a few words. */
export function Choice({ label, value, onChange, choices }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        {Object.entries(choices).map(([word, name]) => (
          <option key={word} value={word}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
