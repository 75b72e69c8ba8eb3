import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type Day, daysPath, readDays } from '../api.ts';
import { END_REASONS, isEndReason } from '../end-reasons.ts';
import { CsvButton } from '../parts/csv-button.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Field } from '../parts/field.tsx';
import { FilterForm } from '../parts/filter-form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { dayFromToday, flawOfNumber, flawsOfDays, MOST_DAYS } from '../parts/moments.ts';
import type { Column } from '../parts/table-head.tsx';
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
              <div className="panel">
                <DataTable
                  name="Days"
                  columns={columnsOf(search.doctor_id !== undefined)}
                  rows={list.map((day) => ({ name: day.date, days: [day] }))}
                  total={{ name: 'In all', days: list }}
                  keyOf={({ name }) => name}
                />
              </div>
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

/** A day, or several: what they come to. */
interface DaysRow {
  readonly name: string;
  readonly days: readonly Day[];
}

/** Nobody buys units of one doctor. */
const columnsOf = (isOfDoctor: boolean): readonly Column<DaysRow>[] => [
  { name: 'Day', cell: ({ name }) => name, isHeading: true },
  sumColumn({ name: 'Started' }, ({ started }) => started),
  ...REASONS.map((reason) =>
    sumColumn({ group: 'Ended', name: END_REASONS[reason] }, ({ ended }) => ended[reason]),
  ),
  sumColumn({ group: 'Units', name: 'Taken' }, ({ units_taken: units }) => units),
  sumColumn({ group: 'Units', name: 'Given back' }, ({ units_given_back: units }) => units),
  ...(isOfDoctor ? [] : [sumColumn({ group: 'Units', name: 'Bought' }, ({ units_bought: units }) => units)]),
];

/** Zeros step back, so that what happened is seen. */
const sumColumn = (
  heading: Pick<Column<DaysRow>, 'group' | 'name'>,
  of: (day: Day) => number,
): Column<DaysRow> => ({
  ...heading,
  cell: ({ days }) => {
    const sum = days.reduce((total, day) => total + of(day), 0);
    return <span className={sum === 0 ? 'none' : undefined}>{sum.toLocaleString('en-GB')}</span>;
  },
  isAmount: true,
});
