import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ACTIONS, wordsOfAction } from '../actions/action-words.ts';
import { ActionTable } from '../actions/action-table.tsx';
import { type ActionsAsked, actionsPath, readActions } from '../api.ts';
import { CsvButton } from '../parts/csv-button.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { FilterForm } from '../parts/filter-form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { flawOfNumber, flawsOfPeriod, MOMENT_HINT, parseMoment } from '../parts/moments.ts';

type Typed = Readonly<Record<'actor_id' | 'action' | 'patient_id' | 'from' | 'to', string>>;
type Search = { readonly [Name in keyof Typed | 'cursor']?: string | undefined };
type Flaws = { readonly [Name in keyof Typed]?: string | undefined };

/** Who did what: every act of an administrator, the newest first. */
export function ActionsPage() {
  const search = useSearch({ from: '/actions' });
  const { asked, flaws } = read(search);
  const actions = useQuery({
    queryKey: ['actions', asked],
    queryFn: ({ signal }) => readActions(asked ?? {}, signal),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageTitle>Who did what</PageTitle>
      <Filter key={JSON.stringify({ ...search, cursor: '' })} shown={search} flaws={flaws} />
      {asked !== null && (
        <Loaded query={actions}>
          {({ actions: list, next_cursor: older }) => (
            <>
              <div className="panel">
                <ActionTable actions={list} nothing="Nothing fits." />
              </div>
              <div className="buttons">
                {search.cursor !== undefined && (
                  <Link to="/actions" search={{ ...search, cursor: '' }}>
                    Newest
                  </Link>
                )}
                {older !== null && (
                  <Link to="/actions" search={{ ...search, cursor: older }}>
                    Older
                  </Link>
                )}
                {list.length > 0 && <CsvButton path={actionsPath(asked)} fileName="who-did-what.csv" />}
              </div>
            </>
          )}
        </Loaded>
      )}
    </>
  );
}

/** What the address asks the server for; null where something in it cannot be asked. */
function read({ from = '', to = '', ...search }: Search): {
  readonly asked: ActionsAsked | null;
  readonly flaws: Flaws;
} {
  const flaws: Flaws = {
    actor_id: flawOfNumber('Actor', search.actor_id ?? ''),
    patient_id: flawOfNumber('Patient', search.patient_id ?? ''),
    ...flawsOfPeriod(from, to),
  };
  if (Object.values(flaws).some((flaw) => flaw !== undefined)) return { asked: null, flaws };
  return { asked: { ...search, from: parseMoment(from), to: parseMoment(to) }, flaws };
}

const NOTHING: Typed = { actor_id: '', action: '', patient_id: '', from: '', to: '' };

/** Without what is left out. */
const givenOf = (search: Search): Partial<Typed> =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

function Filter({ shown, flaws }: { readonly shown: Search; readonly flaws: Flaws }) {
  const navigate = useNavigate({ from: '/actions' });
  const [typed, setTyped] = useState<Typed>({ ...NOTHING, ...givenOf(shown) });
  const set = (name: keyof Typed) => (value: string) => setTyped((before) => ({ ...before, [name]: value }));
  // An action of the queues has a name that is not known here.
  const choices =
    typed.action in ACTIONS ? ACTIONS : { ...ACTIONS, [typed.action]: wordsOfAction(typed.action) };
  return (
    <FilterForm
      onShow={() => {
        const { actor_id, action, patient_id, from, to } = typed;
        void navigate({ search: { actor_id, action, patient_id, from, to } });
      }}
      onClear={() => void navigate({ search: {} })}
    >
      <Field
        label="Actor"
        inputMode="numeric"
        value={typed.actor_id}
        onChange={set('actor_id')}
        flaw={flaws.actor_id}
      />
      <Choice label="Action" value={typed.action} onChange={set('action')} choices={choices} />
      <Field
        label="Patient"
        inputMode="numeric"
        value={typed.patient_id}
        onChange={set('patient_id')}
        flaw={flaws.patient_id}
      />
      <Field label="From" hint={MOMENT_HINT} value={typed.from} onChange={set('from')} flaw={flaws.from} />
      <Field label="To" value={typed.to} onChange={set('to')} flaw={flaws.to} />
    </FilterForm>
  );
}
