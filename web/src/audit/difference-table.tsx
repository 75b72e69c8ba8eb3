import { Link } from '@tanstack/react-router';
import type { Difference } from '../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { placeOf } from '../parts/places.ts';
import type { Column } from '../parts/table-head.tsx';

const COLUMNS: readonly Column<Difference>[] = [
  { name: 'What', cell: ({ what }) => what },
  { name: 'Patient', cell: ({ patient_id: id }) => <Link {...placeOf('patient', id)}>{id}</Link> },
  {
    name: 'Session',
    cell: ({ session_id: id }) => id !== null && <Link {...placeOf('session', id)}>{id}</Link>,
  },
  { name: 'Field', cell: ({ column }) => column },
  { name: 'By the rules', cell: ({ expected }) => expected },
  { name: 'As stored', cell: ({ found }) => found },
];

/** What differs, as the rules have it and as it is stored. The server shows the first of many. */
export function DifferenceTable({
  differences,
  found,
}: {
  readonly differences: readonly Difference[];
  readonly found: number;
}) {
  return (
    <>
      <DataTable
        name="Differences"
        isTitled
        columns={COLUMNS}
        rows={differences}
        keyOf={(difference) => JSON.stringify(Object.values(difference))}
      />
      {found > differences.length && (
        <p className="quiet">
          The first {differences.length} of {found}. <code>npm run audit</code> shows all.
        </p>
      )}
    </>
  );
}
