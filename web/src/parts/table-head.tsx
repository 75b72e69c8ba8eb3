import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly name: string;
  /** What it shares with the columns beside it: a heading above theirs. */
  readonly group?: string;
  readonly cell: (row: Row) => ReactNode;
  /** It says what the row is about. */
  readonly isHeading?: boolean;
  /** A number: it stands at the right edge. */
  readonly isAmount?: boolean;
  /** A sentence: it has room, and on a phone a line of its own. */
  readonly isLong?: boolean;
}

/** `Units: Taken`: its name where that of the group does not stand above it. */
export const nameOf = <Row,>({ group, name }: Column<Row>): string =>
  group === undefined ? name : `${group}: ${name}`;

/** The class of its cells. */
export function looksOf<Row>({ isAmount = false, isLong = false }: Column<Row>): string | undefined {
  if (isAmount) return 'amount';
  return isLong ? 'long' : undefined;
}

/** One row of headings, or two where columns have a group. */
export function TableHead<Row>({ columns }: { readonly columns: readonly Column<Row>[] }) {
  const grouped = columns.filter(({ group }) => group !== undefined);
  if (grouped.length === 0)
    return (
      <thead role="rowgroup">
        <HeadRow columns={columns} />
      </thead>
    );
  return (
    <thead role="rowgroup">
      <tr role="row">
        {runsOf(columns).map((run) => (
          <RunHeading key={run.map(nameOf).join()} run={run} />
        ))}
      </tr>
      <HeadRow columns={grouped} />
    </thead>
  );
}

function HeadRow<Row>({ columns }: { readonly columns: readonly Column<Row>[] }) {
  return (
    <tr role="row">
      {columns.map((column) => (
        <th key={nameOf(column)} role="columnheader" scope="col" className={looksOf(column)}>
          {column.name}
        </th>
      ))}
    </tr>
  );
}

/** Above a group its name; a column without one is as high as both rows. */
function RunHeading<Row>({ run: [column, ...others] }: { readonly run: readonly Column<Row>[] }) {
  if (column === undefined) return null;
  const { group, name } = column;
  return group === undefined ? (
    <th role="columnheader" scope="col" rowSpan={2} className={looksOf(column)}>
      {name}
    </th>
  ) : (
    <th role="columnheader" scope="colgroup" colSpan={1 + others.length}>
      {group}
    </th>
  );
}

/** Columns side by side that share a group; any other is alone. */
function runsOf<Row>(columns: readonly Column<Row>[]): readonly (readonly Column<Row>[])[] {
  const runs: Column<Row>[][] = [];
  for (const column of columns) {
    const last = runs.at(-1);
    if (last !== undefined && column.group !== undefined && last[0]?.group === column.group)
      last.push(column);
    else runs.push([column]);
  }
  return runs;
}
