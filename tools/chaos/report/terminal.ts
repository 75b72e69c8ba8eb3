import { renderTable, type Paint } from '../../kit/table.ts';
import { cellsOf, COLUMNS } from './columns.ts';
import { totalsOf, type Outcome } from './outcome.ts';

const SHOWN_DIFFERENCES = 40;

/** For whoever waits for it at the terminal. */
export function terminalReport(outcome: Outcome, paint: Paint): readonly string[] {
  const { rows, differences } = outcome.verdict;
  const table = renderTable(
    COLUMNS,
    rows.map((row) => ({
      cells: cellsOf(row),
      tone: row.lost + row.doubled > 0 ? ('bad' as const) : ('plain' as const),
    })),
    paint,
  );
  const more = differences.length - SHOWN_DIFFERENCES;
  return [
    '',
    ...table.map((line) => (line === '' ? '' : `  ${line}`)),
    '',
    ...totalsOf(outcome).map((line) => `  ${line}`),
    '',
    ...(differences.length === 0
      ? [
          `  ${paint('good', 'Nothing is lost, nothing is doubled, and the books agree with every answer that was given.')}`,
        ]
      : differences.slice(0, SHOWN_DIFFERENCES).map((words) => `  ${paint('bad', `Differs: ${words}`)}`)),
    ...(more > 0 ? [`  ${paint('bad', `… and ${more} more`)}`] : []),
  ];
}
