import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { readSessions, type SessionList } from '../api.ts';
import { END_REASONS } from '../end-reasons.ts';
import { Choice, Field } from '../parts/field.tsx';
import { FilterForm } from '../parts/filter-form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { MOMENT_HINT } from '../parts/moments.ts';
import { PageTitle } from '../parts/page-title.tsx';
import {
  sessionQuery,
  type SearchFlaws,
  type SearchField,
  type SessionSearch,
} from '../sessions/session-filter.ts';
import { SessionsTable } from '../sessions/sessions-table.tsx';

const STATES = { '': 'Any', active: 'Active', ended: 'Ended' } as const;
const REASONS = { '': 'Any', ...END_REASONS } as const;

/** Every session there is, newest first, by a filter that stands in the address. */
export function SessionsPage() {
  const search = useSearch({ from: '/sessions' });
  const asked = sessionQuery(search);
  const query = asked.kind === 'query' ? asked.query : {};
  const sessions = useQuery({
    queryKey: ['sessions', query],
    queryFn: ({ signal }) => readSessions(query, signal),
    enabled: asked.kind === 'query',
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageTitle>Sessions</PageTitle>
      <Filter search={search} flaws={asked.kind === 'flaws' ? asked.flaws : {}} />
      {asked.kind === 'query' && (
        <Loaded query={sessions}>
          {(list) => <Found list={list} search={search} nowMs={sessions.dataUpdatedAt} />}
        </Loaded>
      )}
    </>
  );
}

function Found({
  list: { sessions, next_cursor: older },
  search,
  nowMs,
}: {
  readonly list: SessionList;
  readonly search: SessionSearch;
  readonly nowMs: number;
}) {
  return (
    <>
      {sessions.length === 0 ? (
        <p>No session fits.</p>
      ) : (
        <div className="panel">
          <SessionsTable sessions={sessions} nowMs={nowMs} />
        </div>
      )}
      <div className="buttons">
        {search.cursor !== undefined && (
          <Link to="/sessions" search={{ ...search, cursor: '' }}>
            Newest
          </Link>
        )}
        {older !== null && (
          <Link to="/sessions" search={{ ...search, cursor: String(older) }}>
            Older
          </Link>
        )}
      </div>
    </>
  );
}

function Filter({ search, flaws }: { readonly search: SessionSearch; readonly flaws: SearchFlaws }) {
  const navigate = useNavigate({ from: '/sessions' });
  const [typed, setTyped] = useState<SessionSearch>(search);
  const [shown, setShown] = useState(search);
  // Back, forward and a link change the address: what was typed and not shown yet is gone then.
  if (shown !== search) {
    setShown(search);
    setTyped(search);
  }
  const set = (name: SearchField) => (value: string) => setTyped((before) => ({ ...before, [name]: value }));
  const field = (name: SearchField) => ({ value: typed[name] ?? '', onChange: set(name), flaw: flaws[name] });
  return (
    <FilterForm
      onShow={() => void navigate({ search: { ...typed, cursor: '' } })}
      onClear={() => {
        setTyped({});
        void navigate({ search: {} });
      }}
    >
      <Choice label="State" choices={STATES} value={wordOf(typed.state, STATES)} onChange={set('state')} />
      <Choice
        label="Ended because"
        choices={REASONS}
        value={wordOf(typed.end_reason, REASONS)}
        onChange={set('end_reason')}
      />
      <Field label="Patient" inputMode="numeric" {...field('patient_id')} />
      <Field label="Doctor" inputMode="numeric" {...field('doctor_id')} />
      <Field label="Appointment" inputMode="numeric" {...field('appointment_id')} />
      <Field label="From" hint={MOMENT_HINT} {...field('from')} />
      <Field label="To" {...field('to')} />
    </FilterForm>
  );
}

/** What stands in the address and is none of the choices counts as any. */
function wordOf<Word extends string>(word = '', choices: Readonly<Record<Word | '', string>>): Word | '' {
  const isChoice = (text: string): text is Word | '' => Object.hasOwn(choices, text);
  return isChoice(word) ? word : '';
}
