import { arrayLiteral, type ColumnValue } from './array-literal.ts';
import { Prisma } from './client.ts';

/** Instants travel as whole milliseconds, a bigint; the function `instant()` makes timestamps of them. */
type ColumnType = 'bigint' | 'integer' | 'boolean' | 'text' | 'uuid' | 'jsonb';

/** What a statement is told of each row: columns by name, each with its type and where its value comes from. */
export type Columns<Row> = Readonly<
  Record<string, readonly [type: ColumnType, valueOf: (row: Row) => ColumnValue]>
>;

/**
 * Rows as something to select from, named `t`: one parameter a column, however many rows there are, and at the end
 * each row's `position`, from 1.
 */
export function rowSet<Row>(rows: readonly Row[], columns: Columns<Row>): Prisma.Sql {
  const all = Object.values(columns);
  const values = all.map(([, valueOf]) => arrayLiteral(rows.map(valueOf)));
  // What stands after a parameter closes its column and opens the next.
  const strings = all.map(([type], index) => `::text::${type}[]${index === all.length - 1 ? ')' : ', '}`);
  const names = [...Object.keys(columns), 'position'].join(', ');
  const end = `${strings.pop() ?? ')'} WITH ORDINALITY AS t (${names})`;
  return Prisma.sql(['unnest(', ...strings, end], ...values);
}
