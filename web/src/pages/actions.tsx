import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { actionChoices } from '../actions/action-words.ts';
import { ActionTable } from '../actions/action-table.tsx';
import { actionsPath, readActions } from '../api.ts';
import { CsvButton } from '../parts/csv-button.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { askedUnless, flawOfNumber, type Typed } from '../parts/filter.ts';
import { FilterForm } from '../parts/filter-form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { flawsOfPeriod, MOMENT_HINT, parseMoment } from '../parts/moments.ts';
import { PageLinks } from '../parts/page-links.tsx';
import { PageTitle } from '../parts/page-title.tsx';

/** Who did what: every act of an administrator, the newest first. */
export function ActionsPage() {
  const search = useSearch({ from: '/actions' });
  const { flaws, query } = actionsAsked(search);
  const actions = useQuery({
    queryKey: ['actions', query],
    queryFn: query === null ? skipToken : ({ signal }) => readActions(query, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageTitle>Who did what</PageTitle>
      <FilterForm shown={search} flaws={flaws}>
        {(field) => (
          <>
            <Field label="Actor" isNumber {...field('actor_id')} />
            <Choice label="Action" choices={actionChoices(field('action').value)} {...field('action')} />
            <Field label="Patient" isNumber {...field('patient_id')} />
            <Field label="From" hint={MOMENT_HINT} {...field('from')} />
            <Field label="To" {...field('to')} />
          </>
        )}
      </FilterForm>
      {query !== null && (
        <Loaded query={actions}>
          {({ actions: list, next_cursor: older }) => (
            <>
              <div className="panel">
                <ActionTable actions={list} nothing="Nothing fits." />
              </div>
              <PageLinks older={older}>
                {list.length > 0 && <CsvButton path={actionsPath(query)} fileName="who-did-what.csv" />}
              </PageLinks>
            </>
          )}
        </Loaded>
      )}
    </>
  );
}

const actionsAsked = (search: Typed<'actor_id' | 'action' | 'patient_id' | 'from' | 'to' | 'cursor'>) =>
  askedUnless(
    {
      actor_id: flawOfNumber('Actor', search.actor_id),
      patient_id: flawOfNumber('Patient', search.patient_id),
      ...flawsOfPeriod(search.from, search.to),
    },
    { ...search, from: parseMoment(search.from), to: parseMoment(search.to) },
  );
