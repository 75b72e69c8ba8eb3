import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/table-head.tsx';
import { Time } from '../parts/time.tsx';
import type { BalanceStep } from './balance-steps.ts';

const COLUMNS: readonly Column<BalanceStep & { readonly no: number }>[] = [
  { name: 'When', cell: ({ atMs }) => <Time at={new Date(atMs).toISOString()} /> },
  { name: 'In all', cell: ({ units }) => units, isAmount: true },
  { name: 'What', cell: ({ why }) => why, isLong: true },
];

/** What the drawing shows, the newest first. */
export const BalanceTable = ({ steps }: { readonly steps: readonly BalanceStep[] }) => (
  <DataTable
    name="Balance over time"
    columns={COLUMNS}
    rows={steps.map(({ atMs, units, why }, no) => ({ atMs, units, why, no })).toReversed()}
    keyOf={({ no }) => no}
    isTall
    most={100}
  />
);
