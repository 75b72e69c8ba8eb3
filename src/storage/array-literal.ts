export type ColumnValue = string | number | boolean | null;

/**
 * A list of values as PostgreSQL writes an array. It is sent as one text, because Prisma looks at every element of
 * a JavaScript array, on each of the statements that are sent the most.
 */
export function arrayLiteral(values: readonly ColumnValue[]): string {
  let elements = '';
  for (const value of values) elements += elements === '' ? elementOf(value) : `,${elementOf(value)}`;
  return `{${elements}}`;
}

const elementOf = (value: ColumnValue): string | number | boolean =>
  typeof value === 'string' ? quoted(value) : (value ?? 'NULL');

/** Texts are always quoted, so none is taken for NULL, a brace or a comma. */
const quoted = (text: string): string =>
  `"${SPECIAL.test(text) ? text.replaceAll(/["\\]/g, String.raw`\$&`) : text}"`;

const SPECIAL = /["\\]/;
