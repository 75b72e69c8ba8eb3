import type { FastifyReply } from 'fastify';
import type { TObject, TSchema } from 'typebox';

/** Rows for a spreadsheet: RFC 4180, with a header row. */
export function csv<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, string | number | null>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column])));
  return [columns, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** The columns of a list: the fields of an item of the JSON answer, in their order. */
export function columnsOf<Item extends TObject>({ properties }: Item): (keyof Item['properties'] & string)[] {
  return Object.keys(properties).filter(
    (name): name is keyof Item['properties'] & string => name in properties,
  );
}

function cell(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = harmless(value);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A spreadsheet runs any text that begins like a formula: an admin's note must not become a program on the
 * accountant's machine. The signs in full width count too, and so does white space before one.
 */
const harmless = (text: string): string =>
  /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;

/** Whether an Accept header wants CSV rather than JSON, by its weights (RFC 9110). JSON where it does not say. */
export function prefersCsv(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const ranges = accept.split(',').map(readRange);
  return weightOf(ranges, 'text', 'csv') > weightOf(ranges, 'application', 'json');
}

interface MediaRange {
  readonly type: string;
  readonly weight: number;
}

function readRange(range: string): MediaRange {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, weight: weight === undefined ? 1 : Number(weight) || 0 };
}

/** The most specific range that fits decides. */
function weightOf(ranges: readonly MediaRange[], type: string, subtype: string): number {
  for (const wanted of [`${type}/${subtype}`, `${type}/*`, '*/*']) {
    const range = ranges.find((candidate) => candidate.type === wanted);
    if (range !== undefined) return range.weight;
  }
  return 0;
}

/** The `Link` header of a list that has a next page. Relative, so that it holds behind any proxy. */
export function linkToNext(url: string, cursor: string): string {
  const next = new URLSearchParams(url.split('?')[1]);
  next.set('cursor', cursor);
  return `<?${next.toString()}>; rel="next"`;
}

/** The answer of a route that has its list as JSON and as CSV. */
export const jsonOrCsv = (description: string, json: TSchema, exampleCsv: string) => ({
  description,
  content: {
    'application/json': { schema: json },
    'text/csv': { schema: { type: 'string', examples: [exampleCsv] } },
  },
});

export const sendCsv = (reply: FastifyReply, fileName: string, text: string): FastifyReply =>
  reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .send(text);
