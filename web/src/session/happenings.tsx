import { type Column, DataTable } from '../parts/data-table.tsx';
import { clockOf, durationOf, Time } from '../parts/time.tsx';
import { type Happening, type ToldSession, whatHappened } from './what-happened.ts';

const COLUMNS: readonly Column<Happening>[] = [
  { name: 'When', cell: ({ at }) => <Time at={at} short /> },
  { name: 'Who', cell: ({ who }) => who },
  {
    name: 'What',
    cell: (happening) => (
      <>
        {happening.what}
        <Lateness happening={happening} />
      </>
    ),
    isLong: true,
  },
];

/** What the drawing shows, in words. */
export const Happenings = ({ session }: { readonly session: ToldSession }) => (
  <DataTable
    name="What happened"
    columns={COLUMNS}
    rows={whatHappened(session)}
    keyOf={({ at, what }) => `${at} ${what}`}
  />
);

/** Where it was not written when it was due. */
function Lateness({ happening: { at, lateUntil, isUnwritten } }: { readonly happening: Happening }) {
  if (isUnwritten) return <span className="warned">. Nobody has written it yet.</span>;
  if (lateUntil === null) return null;
  const lateMs = Date.parse(lateUntil) - Date.parse(at);
  return (
    <span className="warned">
      . Written {clockOf(lateUntil)}, {durationOf(lateMs / 1000)} late
    </span>
  );
}
