import './data-table.css';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { type Column, looksOf, nameOf, TableHead } from './table-head.tsx';

/**
 * A table that moves in its own box where it is wider than the page, by keyboard too. On a phone each row is a block, in
 * which each cell has the name of its column; the roles say that it is a table all the same.
 */
export function DataTable<Row>({
  name,
  isTitled = false,
  columns,
  rows,
  total,
  keyOf,
  kindOf,
  isTall = false,
  most = Infinity,
}: {
  readonly name: string;
  /** The name stands above the table, where no heading says it. */
  readonly isTitled?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What the rows come to: the last row. */
  readonly total?: Row;
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
        {isTitled && <caption>{name}</caption>}
        <TableHead columns={columns} />
        <tbody role="rowgroup">
          {rows.slice(0, rows.length - hidden).map((row) => (
            <tr key={keyOf(row)} role="row" data-kind={kindOf?.(row)}>
              <Cells columns={columns} row={row} />
            </tr>
          ))}
        </tbody>
        {total !== undefined && (
          <tfoot role="rowgroup">
            <tr role="row">
              <Cells columns={columns} row={total} />
            </tr>
          </tfoot>
        )}
      </table>
      {hidden > 0 && (
        <Button className="small" onPress={() => setAll(true)}>
          Show {hidden} more
        </Button>
      )}
    </div>
  );
}

function Cells<Row>({ columns, row }: { readonly columns: readonly Column<Row>[]; readonly row: Row }) {
  return columns.map((column) =>
    column.isHeading === true ? (
      <th key={nameOf(column)} role="rowheader" scope="row">
        {column.cell(row)}
      </th>
    ) : (
      <td key={nameOf(column)} role="cell" data-name={nameOf(column)} className={looksOf(column)}>
        {column.cell(row)}
      </td>
    ),
  );
}
