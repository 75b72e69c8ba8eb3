import { secondsSince } from './compare.ts';
import type { Ending, Row, Verdict } from './compare.ts';
import { renderTable } from '../kit/table.ts';
import type { Column, Paint, TableRow } from '../kit/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'block', align: 'right' },
  { title: 'reason', align: 'left' },
  { title: 'grant', align: 'right' },
  { title: 'units', align: 'right', group: 'the rules say' },
  { title: 'due', align: 'right', group: 'the rules say' },
  { title: 'units', align: 'right', group: 'the product says' },
  { title: 'due', align: 'right', group: 'the product says' },
  { title: 'late', align: 'right', group: 'the product says' },
];

/** One scenario: its ledger beside what the rules say, and where they disagree. */
export function reportScenario(verdict: Verdict, paint: Paint): readonly string[] {
  const { fixture, startMs, rows, expectedEnding, actualEnding, differences } = verdict;
  const agrees = differences.length === 0;
  const title = `${fixture.no}  ${fixture.scenario.title}`;
  const table = renderTable(
    COLUMNS,
    [
      ...rows.map((row) => rowOf(row, startMs)),
      { cells: [], tone: 'plain' },
      ...endingRows(expectedEnding, actualEnding, startMs),
    ],
    paint,
  );
  return [
    `  ${paint('strong', title)}`,
    ...table.map((line) => (line === '' ? '' : `  ${line}`)),
    '',
    ...(agrees
      ? [`  ${paint('good', 'The ledger is what the rules say.')}`]
      : differences.map((words) => `  ${paint('bad', `Differs: ${words}`)}`)),
    '',
  ];
}

function rowOf({ expected, actual }: Row, startMs: number): TableRow {
  const entry = expected ?? actual;
  const figures = (side: { readonly units: number; readonly dueMs: number } | null): string[] =>
    side === null ? ['none', ''] : [signed(side.units), secondsSince(startMs, side.dueMs)];
  const isSame =
    expected !== null &&
    actual !== null &&
    expected.left === actual.left &&
    figures(expected).join() === figures(actual).join();
  return {
    cells: [
      String(entry?.block ?? ''),
      entry?.reason ?? '',
      String(entry?.grantId ?? ''),
      ...figures(expected),
      ...figures(actual),
      actual === null ? '' : `${actual.recordedMs - actual.dueMs} ms`,
    ],
    tone: isSame ? 'plain' : 'bad',
  };
}

function endingRows(expected: Ending, found: Ending, startMs: number): readonly TableRow[] {
  const when = (atMs: number | null): string => (atMs === null ? 'never' : secondsSince(startMs, atMs));
  const row = (
    name: string,
    words: string,
    rule: readonly string[],
    answer: readonly string[],
  ): TableRow => ({
    cells: [name, words, '', ...rule, ...answer],
    tone: rule.join() === answer.join() ? 'plain' : 'bad',
  });
  const reason = expected.reason === found.reason ? expected.reason : `${expected.reason} / ${found.reason}`;
  return [
    row('end', reason ?? '', ['', when(expected.endedMs)], ['', when(found.endedMs)]),
    row('used', '', [String(expected.unitsUsed), ''], [String(found.unitsUsed), '']),
    row('left', '', [String(expected.unitsLeft), ''], [String(found.unitsLeft), '']),
  ];
}

const signed = (units: number): string => (units > 0 ? `+${units}` : String(units));

/** What came of it all. 0: every ledger is what the rules say. */
export function conclude(verdicts: readonly Verdict[], paint: Paint): Conclusion {
  const wrong = verdicts.filter(({ differences }) => differences.length > 0);
  if (wrong.length > 0) {
    const numbers = wrong.map(({ fixture }) => fixture.no).join(', ');
    return {
      exitCode: 1,
      lines: [
        `  ${paint('bad', `${wrong.length} of ${verdicts.length} ledgers differ from the rules: see ${numbers}.`)}`,
      ],
    };
  }
  const latestMs = Math.max(
    0,
    ...verdicts.flatMap(({ rows }) =>
      rows.map(({ actual }) => (actual === null ? 0 : actual.recordedMs - actual.dueMs)),
    ),
  );
  return {
    exitCode: 0,
    lines: [
      `  ${paint('good', `All ${verdicts.length} ledgers are what the rules say.`)}`,
      `  The latest entry was written ${(latestMs / 1000).toFixed(1)} s after it was due, and is dated when it was due.`,
    ],
  };
}

export interface Conclusion {
  readonly exitCode: 0 | 1;
  readonly lines: readonly string[];
}
