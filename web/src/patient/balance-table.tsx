import { TableBox } from '../parts/table-box.tsx';
import { Time } from '../parts/time.tsx';
import type { BalanceStep } from './balance-steps.ts';

/** What the drawing shows, the newest first. */
export function BalanceTable({ steps }: { readonly steps: readonly BalanceStep[] }) {
  return (
    <TableBox name="Balance over time" isTall>
      <table>
        <caption>Balance over time</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col" className="amount">
              In all
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.toReversed().map((step, index) => (
            <tr key={steps.length - index}>
              <td>
                <Time at={new Date(step.atMs).toISOString()} />
              </td>
              <td>{step.why}</td>
              <td className="amount">{step.units}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
