import { Link } from '@tanstack/react-router';
import { Button } from 'react-aria-components';
import type { SessionAnswer } from '../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/table-head.tsx';
import { placeOf } from '../parts/places.ts';
import { Time } from '../parts/time.tsx';
import { type UnitRow, unitRows } from './unit-rows.ts';

const NUMBERS: Readonly<Record<UnitRow['kind'], (no: number) => string>> = {
  block: (no) => String(no),
  refund: (no) => `${no}, given back`,
  taken_back: (no) => `${no}, taken again`,
};

/** Why each unit was taken, and what can be put right. */
export function UnitsTable({
  session,
  onAct,
}: {
  readonly session: SessionAnswer;
  readonly onAct: (row: UnitRow) => void;
}) {
  const columns: readonly Column<UnitRow>[] = [
    { name: 'Unit', cell: ({ no, kind }) => NUMBERS[kind](no) },
    { name: 'Why', cell: (row) => row.why, isLong: true },
    {
      name: 'Grant',
      cell: ({ grantId }) => grantId !== null && <Link {...placeOf('grant', grantId)}>{grantId}</Link>,
    },
    {
      name: 'Due',
      cell: ({ due }) => due !== null && <Time at={due} onDayOf={session.start_time} />,
    },
    { name: 'Written', cell: (row) => <Written row={row} since={session.start_time} /> },
    { name: 'Balance after', cell: (row) => row.balanceAfter, isAmount: true },
    { name: 'Action', cell: (row) => <ActButton row={row} onAct={onAct} /> },
  ];
  return (
    <DataTable
      name="Units"
      columns={columns}
      rows={unitRows(session)}
      keyOf={({ key }) => key}
      kindOf={({ kind }) => kind}
    />
  );
}

/** Nothing is written of a block that cost nothing. */
function Written({ row: { due, written }, since }: { readonly row: UnitRow; readonly since: string }) {
  if (written !== null) return <Time at={written} onDayOf={since} />;
  return due === null ? null : <span className="warned">not yet</span>;
}

function ActButton({ row, onAct }: { readonly row: UnitRow; readonly onAct: (row: UnitRow) => void }) {
  const { no, act } = row;
  if (act === null) return null;
  const isGivingBack = act.kind === 'give_back';
  return (
    <Button
      className="small"
      aria-label={isGivingBack ? `Give back unit ${no}` : `Take back refund of unit ${no}`}
      onPress={() => onAct(row)}
    >
      {isGivingBack ? 'Give back' : 'Take back'}
    </Button>
  );
}
