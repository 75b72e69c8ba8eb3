/** How a piece of text is meant. A screen without colours shows them all alike. */
export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'bad';
export type Paint = (tone: Tone, text: string) => string;

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
  paint: Paint,
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
    paint('quiet', groupLine(columns, widths)),
    paint('quiet', line(columns.map(({ title }) => title))),
    ...rows.map(({ cells, tone }) => paint(tone, line(cells))),
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
