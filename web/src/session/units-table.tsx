import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { SessionAnswer } from '../api.ts';
import { placeOf } from '../parts/places.ts';
import { TableBox } from '../parts/table-box.tsx';
import { Time } from '../parts/time.tsx';
import { type UnitRow, unitRows } from './unit-rows.ts';

/** Why each unit was taken, and what can be put right. */
export function UnitsTable({
  session,
  onAct,
}: {
  readonly session: SessionAnswer;
  readonly onAct: (row: UnitRow) => void;
}) {
  return (
    <TableBox name="Units">
      {/* The roles say that it is a table where a narrow page draws each row as a block. */}
      <table aria-label="Units" className="stacks" role="table">
        <thead role="rowgroup">
          <tr role="row">
            {COLUMNS.map((name) => (
              <th
                key={name}
                role="columnheader"
                scope="col"
                className={name === BALANCE ? 'amount' : undefined}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {unitRows(session).map((row) => (
            <tr key={row.key} role="row" data-kind={row.kind}>
              <Cell name="Unit">{row.kind === 'block' ? row.no : `${row.no}, back`}</Cell>
              <Cell name="Why">{row.why}</Cell>
              <Cell name="Grant">
                {row.grantId !== null && <Link {...placeOf('grant', row.grantId)}>{row.grantId}</Link>}
              </Cell>
              <Cell name="Due">{row.due !== null && <Time at={row.due} short />}</Cell>
              <Cell name="Written">{row.written !== null && <Time at={row.written} short />}</Cell>
              <Cell name={BALANCE}>{row.balanceAfter}</Cell>
              <Cell name="Action">
                <ActButton row={row} onAct={onAct} />
              </Cell>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

const BALANCE = 'Balance after';
const COLUMNS = ['Unit', 'Why', 'Grant', 'Due', 'Written', BALANCE, 'Action'] as const;

const Cell = ({
  name,
  children,
}: {
  readonly name: (typeof COLUMNS)[number];
  readonly children: ReactNode;
}) => (
  <td role="cell" data-name={name} className={name === BALANCE ? 'amount' : undefined}>
    {children}
  </td>
);

function ActButton({ row, onAct }: { readonly row: UnitRow; readonly onAct: (row: UnitRow) => void }) {
  switch (row.act?.kind) {
    case undefined:
      return null;
    case 'give_back':
      return (
        <Button className="small" aria-label={`Give back unit ${row.no}`} onPress={() => onAct(row)}>
          Give back
        </Button>
      );
    case 'take_back':
      return (
        <Button
          className="small"
          aria-label={`Take back refund of unit ${row.no}`}
          onPress={() => onAct(row)}
        >
          Take back
        </Button>
      );
  }
}
