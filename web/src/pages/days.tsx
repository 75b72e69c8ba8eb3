import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type Day, daysPath, readDays } from '../api.ts';
import { END_REASONS, isEndReason } from '../end-reasons.ts';
import { CsvButton } from '../parts/csv-button.tsx';
import { Field } from '../parts/field.tsx';
import { FilterForm } from '../parts/filter-form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { dayFromToday, flawOfNumber, flawsOfDays, MOST_DAYS } from '../parts/moments.ts';
import { timeZone } from '../parts/time.tsx';

const USUAL_DAYS = 7;

/** For a manager: what happened by day, in the time zone of the browser. */
export function DaysPage() {
  const search = useSearch({ from: '/days' });
  const from = search.from ?? dayFromToday(1 - USUAL_DAYS);
  const to = search.to ?? dayFromToday(0);
  const flaws = { ...flawsOfDays(from, to), doctor_id: flawOfNumber('Doctor', search.doctor_id ?? '') };
  const isFlawed = Object.values(flaws).some((flaw) => flaw !== undefined);
  const asked = {
    from,
    to,
    time_zone: timeZone,
    ...(search.doctor_id === undefined ? {} : { doctor_id: search.doctor_id }),
  };
  const days = useQuery({
    queryKey: ['days', asked],
    queryFn: ({ signal }) => readDays(asked, signal),
    enabled: !isFlawed,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageTitle>Days</PageTitle>
      <Filter
        key={JSON.stringify(search)}
        shown={{ doctor_id: search.doctor_id ?? '', from, to }}
        flaws={flaws}
      />
      {!isFlawed && (
        <Loaded query={days}>
          {({ days: list }) => (
            <>
              <p className="quiet">By day in the time zone {timeZone}.</p>
              <DayTable days={list} isOfDoctor={search.doctor_id !== undefined} />
              <CsvButton path={daysPath(asked)} fileName={`days-${from}-to-${to}.csv`} />
            </>
          )}
        </Loaded>
      )}
    </>
  );
}

type Typed = Readonly<Record<'doctor_id' | 'from' | 'to', string>>;

function Filter({
  shown,
  flaws,
}: {
  readonly shown: Typed;
  readonly flaws: { readonly [Name in keyof Typed]?: string | undefined };
}) {
  const navigate = useNavigate({ from: '/days' });
  const [typed, setTyped] = useState(shown);
  const set = (name: keyof Typed) => (value: string) => setTyped((before) => ({ ...before, [name]: value }));
  return (
    <FilterForm
      onShow={() => {
        const fields = Object.entries(typed).map(([name, value]) => [name, value.trim() || undefined]);
        void navigate({ search: Object.fromEntries(fields) });
      }}
      onClear={() => void navigate({ search: {} })}
    >
      <Field
        label="Doctor"
        inputMode="numeric"
        value={typed.doctor_id}
        onChange={set('doctor_id')}
        flaw={flaws.doctor_id}
      />
      <Field label="From" value={typed.from} onChange={set('from')} flaw={flaws.from} />
      <Field
        label="To"
        hint={`At most ${MOST_DAYS} days`}
        value={typed.to}
        onChange={set('to')}
        flaw={flaws.to}
      />
    </FilterForm>
  );
}

const REASONS = Object.keys(END_REASONS).filter(isEndReason);

/** The last row is the sum: what a month came to is what is asked first. Nobody buys units of one doctor. */
function DayTable({ days, isOfDoctor }: { readonly days: readonly Day[]; readonly isOfDoctor: boolean }) {
  return (
    <div className="panel table-box" tabIndex={0} role="group" aria-label="Figures by day">
      <table className="days">
        <caption className="seen-by-readers">Days</caption>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Day
            </th>
            <th scope="col" rowSpan={2} className="amount">
              Started
            </th>
            <th scope="colgroup" colSpan={REASONS.length}>
              Ended
            </th>
            <th scope="colgroup" colSpan={isOfDoctor ? 2 : 3}>
              Units
            </th>
          </tr>
          <tr>
            {REASONS.map((reason) => (
              <th key={reason} scope="col" className="amount reason">
                {END_REASONS[reason]}
              </th>
            ))}
            <th scope="col" className="amount">
              Taken
            </th>
            <th scope="col" className="amount">
              Given back
            </th>
            {!isOfDoctor && (
              <th scope="col" className="amount">
                Bought
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <DayRow key={day.date} name={day.date} days={[day]} isOfDoctor={isOfDoctor} />
          ))}
        </tbody>
        <tfoot>
          <DayRow name="In all" days={days} isOfDoctor={isOfDoctor} />
        </tfoot>
      </table>
    </div>
  );
}

function DayRow({
  name,
  days,
  isOfDoctor,
}: {
  readonly name: string;
  readonly days: readonly Day[];
  readonly isOfDoctor: boolean;
}) {
  const sum = (of: (day: Day) => number): number => days.reduce((total, day) => total + of(day), 0);
  return (
    <tr>
      <th scope="row">{name}</th>
      <Count of={sum(({ started }) => started)} />
      {REASONS.map((reason) => (
        <Count key={reason} of={sum(({ ended }) => ended[reason])} />
      ))}
      <Count of={sum(({ units_taken: units }) => units)} />
      <Count of={sum(({ units_given_back: units }) => units)} />
      {!isOfDoctor && <Count of={sum(({ units_bought: units }) => units)} />}
    </tr>
  );
}

/** Zeros step back, so that what happened is seen. */
const Count = ({ of }: { readonly of: number }) => (
  <td className={of === 0 ? 'amount none' : 'amount'}>{of.toLocaleString('en-GB')}</td>
);
