import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Flaws, Typed } from './filter.ts';

/** What a field of a form needs: `<Field label="Patient" {...field('patient_id')} />`. */
export type FieldOf<Name extends string> = (name: Name) => {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly flaw: string | undefined;
};

/** The fields of a form. They begin with what is shown, and again whenever something else is shown. */
export function useTyped<Name extends string>(shown: Typed<Name>) {
  const [typed, setTyped] = useState(shown);
  const [lastShown, setLastShown] = useState(shown);
  // Back, forward and a link change the address: what was typed and not shown yet is gone then.
  if (JSON.stringify(shown) !== JSON.stringify(lastShown)) {
    setLastShown(shown);
    setTyped(shown);
  }
  const fieldOf =
    (flaws: Flaws<Name>): FieldOf<Name> =>
    (name) => ({
      value: typed[name] ?? '',
      onChange: (value) => setTyped((before) => ({ ...before, [name]: value })),
      flaw: flaws[name],
    });
  return { typed, setTyped, fieldOf };
}

/** Fields above a list, which stand in the address: *Show* asks anew, *Clear* asks for everything. */
export function FilterForm<Name extends string>({
  shown,
  cleared = {},
  flaws,
  children,
}: {
  readonly shown: Typed<Name>;
  /** What is shown where nothing stands in the address. */
  readonly cleared?: Typed<NoInfer<Name>>;
  readonly flaws: Flaws<NoInfer<Name>>;
  readonly children: (field: FieldOf<Name>) => ReactNode;
}) {
  const navigate = useNavigate();
  const { typed, setTyped, fieldOf } = useTyped(shown);
  return (
    <form
      aria-label="Filter"
      className="panel filter"
      onSubmit={(event) => {
        event.preventDefault();
        void navigate({ to: '.', search: { ...typed, cursor: undefined } });
      }}
    >
      {children(fieldOf(flaws))}
      <div className="buttons">
        <Button type="submit" className="primary">
          Show
        </Button>
        <Button
          onPress={() => {
            setTyped(cleared);
            void navigate({ to: '.', search: {} });
          }}
        >
          Clear
        </Button>
      </div>
    </form>
  );
}
