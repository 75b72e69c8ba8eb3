import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/table-head.tsx';
import { clockOf, durationOf, Time } from '../parts/time.tsx';
import { type Happening, type ToldSession, whatHappened } from './what-happened.ts';

/** What the drawing shows, in words. */
export function Happenings({ session }: { readonly session: ToldSession }) {
  const columns: readonly Column<Happening>[] = [
    { name: 'When', cell: ({ at }) => <Time at={at} onDayOf={session.start_time} /> },
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
  return (
    <DataTable
      name="What happened"
      columns={columns}
      rows={whatHappened(session)}
      keyOf={({ at, what }) => `${at} ${what}`}
    />
  );
}

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
