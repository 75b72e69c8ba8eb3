import './parts.css';
import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** A number: it stands at the right edge. */
  readonly isAmount?: boolean;
  /** A sentence: it has room, and on a telephone a line of its own. */
  readonly isLong?: boolean;
}

/**
 * A table that moves in its own box where it is wider than the page, by keyboard too. On a telephone each row is a block, in
 * which each cell has the name of its column; the roles say that it is a table all the same.
 */
export function DataTable<Row>({
  name,
  columns,
  rows,
  keyOf,
  kindOf,
  isTall = false,
  most = Infinity,
}: {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** For a row that looks other than most. */
  readonly kindOf?: (row: Row) => string;
  /** It may be so long that it scrolls by itself. */
  readonly isTall?: boolean;
  /** So many rows are drawn at first: thousands take a browser a second. */
  readonly most?: number;
}) {
  const [isAll, setAll] = useState(false);
  const hidden = isAll ? 0 : Math.max(0, rows.length - most);
  return (
    <div className={isTall ? 'table-box tall' : 'table-box'} role="group" aria-label={name} tabIndex={0}>
      <table className="stacks" role="table" aria-label={name}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.name} role="columnheader" scope="col" className={classOf(column)}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.slice(0, rows.length - hidden).map((row) => (
            <tr key={keyOf(row)} role="row" data-kind={kindOf?.(row)}>
              {columns.map((column) => (
                <td key={column.name} role="cell" data-name={column.name} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {hidden > 0 && (
        <Button className="small" onPress={() => setAll(true)}>
          Show {hidden} more
        </Button>
      )}
    </div>
  );
}

function classOf<Row>({ isAmount = false, isLong = false }: Column<Row>): string | undefined {
  if (isAmount) return 'amount';
  return isLong ? 'long' : undefined;
}
