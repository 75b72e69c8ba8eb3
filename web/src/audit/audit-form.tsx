import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { audit } from '../api.ts';
import { Field } from '../parts/field.tsx';
import { askedUnless, flawOfNumber } from '../parts/filter.ts';
import { useTyped } from '../parts/filter-form.tsx';
import { notLoadedWords } from '../parts/loaded.tsx';
import { flawsOfPeriod, MOMENT_HINT, parseMoment } from '../parts/moments.ts';
import { Section } from '../parts/section.tsx';
import { DifferenceTable } from './difference-table.tsx';
import { Verdict } from './verdict.tsx';

/** Recomputes sessions while one waits. It changes nothing, but that it was done is recorded. */
export function AuditForm() {
  const { typed, fieldOf } = useTyped<'from' | 'to' | 'patient_id'>({});
  const [wasRun, setRun] = useState(false);
  const auditing = useMutation({ mutationFn: audit });
  const { flaws, query } = askedUnless(
    { patient_id: flawOfNumber('Patient', typed.patient_id), ...flawsOfPeriod(typed.from, typed.to) },
    { patient_id: typed.patient_id?.trim(), from: parseMoment(typed.from), to: parseMoment(typed.to) },
  );
  const field = fieldOf(wasRun ? flaws : {});
  return (
    <Section title="Audit a period">
      <p className="quiet">Of the sessions that ended in it. Without any field: of the last 24 hours.</p>
      <form
        className="filter"
        onSubmit={(event) => {
          event.preventDefault();
          setRun(true);
          if (query !== null) auditing.mutate(query);
        }}
      >
        <Field label="From" hint={MOMENT_HINT} {...field('from')} />
        <Field label="To" {...field('to')} />
        <Field label="Patient" isNumber {...field('patient_id')} />
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
      {auditing.isError && <p role="alert">{notLoadedWords(auditing.error)}</p>}
      {auditing.data !== undefined && auditing.data.differences > 0 && (
        <DifferenceTable differences={auditing.data.drift} found={auditing.data.differences} />
      )}
    </Section>
  );
}
