import { type Instant, instant } from '../billing/time.ts';
import { Prisma } from './client.ts';

/** A table's columns, declared once for writing and for reading: name, type, and how a value that was read is parsed. */

export type ColumnValue = string | number | boolean | null;

/** The type of the parameter or the value. An instant travels as whole milliseconds; the functions `instant()` and `epoch_ms()` convert it. */
type ColumnType = 'bigint' | 'integer' | 'boolean' | 'text' | 'uuid' | 'jsonb' | 'instant';

export interface Column<Value> {
  readonly name: string;
  readonly type: ColumnType;
  /** @throws where it holds what it must not. */
  readonly parse: (value: unknown) => Value;
  /** Writing null leaves what is stored; this is what a new row gets. */
  readonly firstValue?: number;
}

/** The columns of a row, by the names that the program gives to them. */
export type Columns = Readonly<Record<string, Column<unknown>>>;

export type RowOf<Table extends Columns> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]['parse']>;
};

/** What is written of a row: any column may be null, where the schema lets it. */
export type ValuesOf<Table extends Columns> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]['parse']> | null;
};

function wrong(name: string, value: unknown): never {
  throw new Error(`the column ${name} holds ${JSON.stringify(value)}`);
}

const numberIn = (name: string, value: unknown): number =>
  typeof value === 'number' ? value : wrong(name, value);
const stringIn = (name: string, value: unknown): string =>
  typeof value === 'string' ? value : wrong(name, value);

export const id = <Id>(name: string, brand: (value: number) => Id): Column<Id> => ({
  name,
  type: 'bigint',
  parse: (value) => brand(numberIn(name, value)),
});
export const integer = (name: string): Column<number> => ({
  name,
  type: 'integer',
  parse: (value) => numberIn(name, value),
});
/** A whole number up to 2^53. */
export const whole = (name: string): Column<number> => ({ ...integer(name), type: 'bigint' });
export const boolean = (name: string): Column<boolean> => ({
  name,
  type: 'boolean',
  parse: (value) => (typeof value === 'boolean' ? value : wrong(name, value)),
});
export const text = (name: string): Column<string> => ({
  name,
  type: 'text',
  parse: (value) => stringIn(name, value),
});
export const uuid = (name: string): Column<string> => ({ ...text(name), type: 'uuid' });
export const at = (name: string): Column<Instant> => ({
  name,
  type: 'instant',
  parse: (value) => instant(numberIn(name, value)),
});
/** A document that this program wrote, and nobody else. */
export const json = <Value>(name: string): Column<Value> => ({
  name,
  type: 'jsonb',
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  parse: (value) => value as Value,
});
/** One of a few words. */
export const word = <Word extends string>(name: string, words: Readonly<Record<Word, true>>): Column<Word> =>
  wordWhere(name, (read) => isKey(words, read));

/** A word that is known by its form. */
export const wordWhere = <Word extends string>(
  name: string,
  isWord: (read: string) => read is Word,
): Column<Word> => ({
  name,
  type: 'text',
  parse: (value) => {
    const read = stringIn(name, value);
    return isWord(read) ? read : wrong(name, value);
  },
});

const isKey = <Word extends string>(words: Readonly<Record<Word, true>>, value: string): value is Word =>
  Object.hasOwn(words, value);

export const orNull = <Value>(column: Column<Value>): Column<Value | null> => ({
  ...column,
  parse: (value) => (value === null ? null : column.parse(value)),
});

/** For the auditor, which trusts no value: the column without a check of its words. */
export const unbelieved = ({ name }: Column<string>): Column<string> => text(name);

/**
 * Reads rows that come as JSON arrays of these columns: `sql` makes one of a row of the table that the statement calls
 * `from`, `parse` takes it apart, and `parserOf` makes a function that takes some of its columns only.
 */
export function reader<Table extends Columns>(columns: Table, from: string) {
  const names = Object.keys(columns);
  const parserOf = <Part extends Columns>(part: Part) => {
    const fields = Object.entries(part).map(
      ([name, { parse }]) => [name, names.indexOf(name), parse] as const,
    );
    if (fields.some(([, index]) => index === -1)) throw new Error('a column to be parsed is not read');
    return (row: readonly unknown[]): RowOf<Part> => {
      const read: Record<string, unknown> = {};
      for (const [name, index, parse] of fields) read[name] = parse(row[index]);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each column was parsed as its type says
      return read as RowOf<Part>;
    };
  };
  const values = Object.values(columns).map(({ name, type }) =>
    type === 'instant' ? `epoch_ms(${from}.${name})` : `${from}.${name}`,
  );
  return {
    sql: Prisma.raw(`json_build_array(${values.join(', ')})`),
    parse: parserOf(columns),
    parserOf,
  };
}

/**
 * Rows as something to select from, named `t`: one parameter a column, however many rows there are, and at the end
 * each row's `position`, from 1.
 */
function rowSet<Table extends Columns>(
  rows: readonly ValuesOf<NoInfer<Table>>[],
  columns: Table,
): Prisma.Sql {
  const all = Object.entries(columns);
  const values = all.map(([name, { type }]) =>
    arrayLiteral(
      type === 'jsonb'
        ? rows.map((row) => jsonOrNull(row[name]))
        : // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all other columns hold such values, and no document
          rows.map((row) => row[name] as ColumnValue),
    ),
  );
  // The text after each parameter closes its column and opens the next.
  const strings = all.map(
    ([, { type }], index) =>
      `::text::${type === 'instant' ? 'bigint' : type}[]${index === all.length - 1 ? ')' : ', '}`,
  );
  const names = [...all.map(([, { name }]) => name), 'position'].join(', ');
  const end = `${strings.pop() ?? ')'} WITH ORDINALITY AS t (${names})`;
  return Prisma.sql(['unnest(', ...strings, end], ...values);
}

const jsonOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

/** `INSERT` of all rows. */
export function insertInto<Table extends Columns>(
  table: string,
  rows: readonly ValuesOf<NoInfer<Table>>[],
  columns: Table,
): Prisma.Sql {
  const all = Object.values(columns);
  const names = all.map(({ name }) => name).join(', ');
  const values = all.map((column) =>
    column.firstValue === undefined
      ? stored(column, 't')
      : `coalesce(${stored(column, 't')}, ${column.firstValue})`,
  );
  return Prisma.sql`
  INSERT INTO ${Prisma.raw(`${table} (${names}) SELECT ${values.join(', ')} FROM `)}${rowSet(rows, columns)}`;
}

/** `UPDATE` of the rows that have these ids, and of the time of the last change. */
export function updateOf<Table extends Columns & { readonly id: Column<unknown> }>(
  table: string,
  rows: readonly ValuesOf<NoInfer<Table>>[],
  columns: Table,
): Prisma.Sql {
  const changes = Object.entries(columns)
    .filter(([name]) => name !== 'id')
    .map(([, column]) => {
      const value = stored(column, 't');
      return `${column.name} = ${column.firstValue === undefined ? value : `coalesce(${value}, ${table}.${column.name})`}`;
    });
  return Prisma.sql`
  UPDATE ${Prisma.raw(`${table} SET ${changes.join(', ')}, updated_at = session_clock() FROM `)}${rowSet(rows, columns)}
  WHERE ${Prisma.raw(table)}.id = t.id`;
}

/** What is stored of a column of `rowSet`. */
const stored = ({ name, type }: Column<unknown>, from: string): string =>
  type === 'instant' ? `instant(${from}.${name})` : `${from}.${name}`;

/** A list of ids as one parameter. */
export const bigintArray = (ids: readonly number[]): Prisma.Sql =>
  Prisma.sql`${arrayLiteral(ids)}::text::bigint[]`;

/**
 * A list of values in PostgreSQL's syntax of an array. It is sent as one text, because Prisma inspects every element of a
 * JavaScript array, in each of the most frequent statements.
 */
export function arrayLiteral(values: readonly ColumnValue[]): string {
  let elements = '';
  for (const value of values) elements += elements === '' ? elementOf(value) : `,${elementOf(value)}`;
  return `{${elements}}`;
}

const elementOf = (value: ColumnValue): string | number | boolean =>
  typeof value === 'string' ? quoted(value) : (value ?? 'NULL');

/** Texts are always quoted, so none is taken for NULL, a brace or a comma. */
const quoted = (value: string): string =>
  `"${SPECIAL.test(value) ? value.replaceAll(/["\\]/g, String.raw`\$&`) : value}"`;

const SPECIAL = /["\\]/;
