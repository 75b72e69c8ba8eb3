import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { readSessions } from '../api.ts';
import { END_REASONS } from '../end-reasons.ts';
import { Choice, Field } from '../parts/field.tsx';
import { FilterForm } from '../parts/filter-form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { MOMENT_HINT } from '../parts/moments.ts';
import { PageLinks } from '../parts/page-links.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { sessionsAsked } from '../sessions/session-filter.ts';
import { SessionsTable } from '../sessions/sessions-table.tsx';

const STATES = { '': 'Any', active: 'Active', ended: 'Ended' };
const REASONS = { '': 'Any', ...END_REASONS };

/** Every session there is, newest first, by a filter that stands in the address. */
export function SessionsPage() {
  const search = useSearch({ from: '/sessions' });
  const { flaws, query } = sessionsAsked(search);
  const sessions = useQuery({
    queryKey: ['sessions', query],
    queryFn: query === null ? skipToken : ({ signal }) => readSessions(query, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageTitle>Sessions</PageTitle>
      <FilterForm shown={search} flaws={flaws}>
        {(field) => (
          <>
            <Choice label="State" choices={STATES} {...field('state')} />
            <Choice label="Ended because" choices={REASONS} {...field('end_reason')} />
            <Field label="Patient" isNumber {...field('patient_id')} />
            <Field label="Doctor" isNumber {...field('doctor_id')} />
            <Field label="Appointment" isNumber {...field('appointment_id')} />
            <Field label="From" hint={MOMENT_HINT} {...field('from')} />
            <Field label="To" {...field('to')} />
          </>
        )}
      </FilterForm>
      {query !== null && (
        <Loaded query={sessions}>
          {({ sessions: list, next_cursor: older }) => (
            <>
              {list.length === 0 ? (
                <p>No session fits.</p>
              ) : (
                <div className="panel">
                  <SessionsTable sessions={list} nowMs={sessions.dataUpdatedAt} />
                </div>
              )}
              <PageLinks older={older} />
            </>
          )}
        </Loaded>
      )}
    </>
  );
}
