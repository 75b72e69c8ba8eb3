import { useQuery } from '@tanstack/react-query';
import { type Balance, readHistory } from '../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Fact } from '../parts/fact.tsx';
import { Loaded } from '../parts/loaded.tsx';
import type { Column } from '../parts/table-head.tsx';
import { Time } from '../parts/time.tsx';
import { BalanceChart } from './balance-chart.tsx';
import { type BalanceStep, balanceSteps } from './balance-steps.ts';

/** What the patient has now, and how it came to that. */
export function BalancePart({ balance }: { readonly balance: Balance }) {
  const patient = balance.patient_id;
  const nowMs = Date.parse(balance.server_time);
  const history = useQuery({
    queryKey: ['history', patient],
    queryFn: ({ signal }) => readHistory(patient, signal),
  });
  return (
    <>
      <dl className="facts big">
        <Fact name="Remaining">{balance.remaining_sessions}</Fact>
        <Fact name="Held">{balance.held_sessions}</Fact>
        <Fact name="Available">{balance.available_sessions}</Fact>
      </dl>
      <Loaded query={history}>
        {({ history: points }) => {
          const steps = balanceSteps(points, balance.grants, nowMs);
          return steps.length === 0 ? null : (
            <>
              <BalanceChart patient={patient} steps={steps} nowMs={nowMs} />
              <BalanceTable steps={steps} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

const COLUMNS: readonly Column<BalanceStep & { readonly no: number }>[] = [
  { name: 'When', cell: ({ atMs }) => <Time at={new Date(atMs).toISOString()} /> },
  { name: 'In all', cell: ({ units }) => units, isAmount: true },
  { name: 'What', cell: ({ why }) => why, isLong: true },
];

/** What the drawing shows, the newest first. */
const BalanceTable = ({ steps }: { readonly steps: readonly BalanceStep[] }) => (
  <DataTable
    name="Balance over time"
    columns={COLUMNS}
    rows={steps.map(({ atMs, units, why }, no) => ({ atMs, units, why, no })).toReversed()}
    keyOf={({ no }) => no}
    isTall
    most={100}
  />
);
