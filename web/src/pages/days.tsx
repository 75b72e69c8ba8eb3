import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type Day, daysPath, readDays } from '../api.ts';
import { END_REASONS, isEndReason } from '../end-reasons.ts';
import { CsvButton } from '../parts/csv-button.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Field } from '../parts/field.tsx';
import { askedUnless, flawOfNumber } from '../parts/filter.ts';
import { FilterForm } from '../parts/filter-form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { dayFromToday, flawsOfDays, MOST_DAYS } from '../parts/moments.ts';
import type { Column } from '../parts/table-head.tsx';
import { timeZone } from '../parts/time.tsx';
import { numberWords } from '../parts/words.ts';

const USUAL_DAYS = 7;

/** For a manager: what happened by day, in the time zone of the browser. */
export function DaysPage() {
  const search = useSearch({ from: '/days' });
  const usual = { from: dayFromToday(1 - USUAL_DAYS), to: dayFromToday(0) };
  const { from = usual.from, to = usual.to, doctor_id } = search;
  const { flaws, query } = askedUnless(
    { ...flawsOfDays(from, to), doctor_id: flawOfNumber('Doctor', doctor_id) },
    { from, to, doctor_id, time_zone: timeZone },
  );
  const days = useQuery({
    queryKey: ['days', query],
    queryFn: query === null ? skipToken : ({ signal }) => readDays(query, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageTitle>Days</PageTitle>
      <FilterForm shown={{ from, to, doctor_id }} cleared={usual} flaws={flaws}>
        {(field) => (
          <>
            <Field label="Doctor" isNumber {...field('doctor_id')} />
            <Field label="From" {...field('from')} />
            <Field label="To" hint={`At most ${MOST_DAYS} days`} {...field('to')} />
          </>
        )}
      </FilterForm>
      {query !== null && (
        <Loaded query={days}>
          {({ days: list }) => (
            <>
              <p className="quiet">By day in the time zone {timeZone}.</p>
              <div className="panel">
                <DataTable
                  name="Days"
                  columns={columnsOf(doctor_id !== undefined)}
                  rows={list.map((day) => ({ name: day.date, days: [day] }))}
                  total={{ name: 'In all', days: list }}
                  keyOf={({ name }) => name}
                />
              </div>
              <CsvButton path={daysPath(query)} fileName={`days-${from}-to-${to}.csv`} />
            </>
          )}
        </Loaded>
      )}
    </>
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
    return <span className={sum === 0 ? 'none' : undefined}>{numberWords(sum)}</span>;
  },
  isAmount: true,
});
