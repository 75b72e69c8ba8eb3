import { cellsOf, COLUMNS } from './columns.ts';
import { totalsOf, type Outcome } from './outcome.ts';

/** The same for a document. */
export function markdownReport(outcome: Outcome): string {
  const titles = COLUMNS.map(({ title, group }) => (group === undefined ? title : `${group}: ${title}`));
  const rule = COLUMNS.map(({ align }) => (align === 'left' ? ':--' : '--:'));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const { rows, differences } = outcome.verdict;
  return [
    `Made by \`${outcome.command}\`.`,
    '',
    row(titles),
    row(rule),
    ...rows.map((fault) => row(cellsOf(fault))),
    '',
    ...totalsOf(outcome).map((line) => `- ${line}`),
    '',
    differences.length === 0
      ? 'No difference was found.'
      : `**${differences.length} differences were found.** The first: ${differences[0]}`,
    '',
  ].join('\n');
}
