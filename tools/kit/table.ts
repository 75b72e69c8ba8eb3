import { styleText } from 'node:util';

/** How a piece of text is meant. A screen without colours shows them all alike. */
export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'bad';
export type Paint = (tone: Tone, text: string) => string;

const STYLES = {
  plain: 'reset',
  strong: 'bold',
  quiet: 'dim',
  good: 'green',
  bad: 'red',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

/** Colours where standard output is a terminal and NO_COLOR is not set. */
export const paint: Paint = (tone, text) =>
  tone === 'plain' || text === '' ? text : styleText(STYLES[tone], text, { stream: process.stdout });

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Columns that follow each other with the same group have this title above them. */
  readonly group?: string;
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly tone: Tone;
}

const GAP = '  ';
const GROUP_GAP = '    ';

/** Aligned by spaces alone, so that it reads the same in a terminal and in a file. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly TableRow[],
  painted: Paint,
): readonly string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => {
        const text = cells[index] ?? '';
        const width = widths[index] ?? 0;
        const cell = column.align === 'left' ? text.padEnd(width) : text.padStart(width);
        return `${gapBefore(columns, index)}${cell}`;
      })
      .join('')
      .trimEnd();
  return [
    painted('quiet', groupLine(columns, widths)),
    painted('quiet', line(columns.map(({ title }) => title))),
    ...rows.map(({ cells, tone }) => painted(tone, line(cells))),
  ];
}

function gapBefore(columns: readonly Column[], index: number): string {
  if (index === 0) return '';
  return columns[index]?.group === columns[index - 1]?.group ? GAP : GROUP_GAP;
}

/** The groups' titles, each flush right over its columns. A title is as long as its columns are wide, or shorter. */
function groupLine(columns: readonly Column[], widths: readonly number[]): string {
  let text = '';
  let end = 0;
  for (const [index, column] of columns.entries()) {
    end += gapBefore(columns, index).length + (widths[index] ?? 0);
    const isLast = columns[index + 1]?.group !== column.group;
    if (isLast && column.group !== undefined) text += column.group.padStart(end - text.length);
  }
  return text;
}

/** The same as a table of Markdown, one line a row. */
export function markdownTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [
    line(columns.map(({ title, group }) => (group === undefined ? title : `${group}: ${title}`))),
    line(columns.map(({ align }) => (align === 'left' ? ':--' : '--:'))),
    ...rows.map(line),
  ];
}
