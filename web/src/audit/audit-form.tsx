import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { audit } from '../api.ts';
import { Field } from '../parts/field.tsx';
import { wordsOf } from '../parts/loaded.tsx';
import { flawOfNumber, flawsOfPeriod, MOMENT_HINT, parseMoment } from '../parts/moments.ts';
import { Section } from '../parts/section.tsx';
import { DifferenceTable } from './difference-table.tsx';
import { Verdict } from './verdict.tsx';

const NOTHING = { from: '', to: '', patient_id: '' };
type Flaws = { readonly [Name in keyof typeof NOTHING]?: string | undefined };

/** Recomputes sessions while one waits. It changes nothing, but that it was done is recorded. */
export function AuditForm() {
  const [typed, setTyped] = useState(NOTHING);
  const [isAsked, setAsked] = useState(false);
  const auditing = useMutation({ mutationFn: audit });
  const flaws: Flaws = {
    patient_id: flawOfNumber('Patient', typed.patient_id),
    ...flawsOfPeriod(typed.from, typed.to),
  };
  const said = isAsked ? flaws : {};
  const set = (name: keyof typeof NOTHING) => (value: string) =>
    setTyped((before) => ({ ...before, [name]: value }));

  function run(): void {
    setAsked(true);
    if (Object.values(flaws).some((flaw) => flaw !== undefined)) return;
    const { from, to, patient_id } = typed;
    auditing.mutate({ from: parseMoment(from), to: parseMoment(to), patient_id: patient_id.trim() });
  }

  return (
    <Section title="Audit a period">
      <p className="quiet">Of the sessions that ended in it. Without any field: of the last 24 hours.</p>
      <form
        className="filter"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Field label="From" value={typed.from} onChange={set('from')} flaw={said.from} hint={MOMENT_HINT} />
        <Field label="To" value={typed.to} onChange={set('to')} flaw={said.to} />
        <Field
          label="Patient"
          inputMode="numeric"
          value={typed.patient_id}
          onChange={set('patient_id')}
          flaw={said.patient_id}
        />
        <div className="buttons">
          <Button type="submit" className="primary" isDisabled={auditing.isPending}>
            Run
          </Button>
        </div>
      </form>
      <div role="status">
        {auditing.isPending && <p>Recomputing…</p>}
        {auditing.data !== undefined && (
          <p>
            <Verdict {...auditing.data} />
          </p>
        )}
      </div>
      {auditing.isError && <p role="alert">{wordsOf(auditing.error)}</p>}
      {auditing.data !== undefined && auditing.data.differences > 0 && (
        <DifferenceTable differences={auditing.data.drift} found={auditing.data.differences} />
      )}
    </Section>
  );
}
