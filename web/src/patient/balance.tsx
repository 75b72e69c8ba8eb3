import { useQuery } from '@tanstack/react-query';
import { type Balance, readHistory } from '../api.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Fact } from '../parts/fact.tsx';
import { BalanceChart } from './balance-chart.tsx';
import { balanceSteps } from './balance-steps.ts';
import { BalanceTable } from './balance-table.tsx';

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
