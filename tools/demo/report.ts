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

/** One story: its ledger beside what the rules say, and where they disagree. */
export function reportStory(verdict: Verdict, paint: Paint): readonly string[] {
  const { casting, startMs, rows, ruledEnding, foundEnding, differences } = verdict;
  const agrees = differences.length === 0;
  const title = `${casting.no}  ${casting.story.title}`;
  const table = renderTable(
    COLUMNS,
    [
      ...rows.map((row) => rowOf(row, startMs)),
      { cells: [], tone: 'plain' },
      ...endingRows(ruledEnding, foundEnding, startMs),
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

function rowOf({ ruled, held }: Row, startMs: number): TableRow {
  const entry = ruled ?? held;
  const figures = (side: { readonly units: number; readonly dueMs: number } | null): string[] =>
    side === null ? ['none', ''] : [signed(side.units), secondsSince(startMs, side.dueMs)];
  const isSame =
    ruled !== null &&
    held !== null &&
    ruled.left === held.left &&
    figures(ruled).join() === figures(held).join();
  return {
    cells: [
      String(entry?.block ?? ''),
      entry?.reason ?? '',
      String(entry?.grantId ?? ''),
      ...figures(ruled),
      ...figures(held),
      held === null ? '' : `${held.recordedMs - held.dueMs} ms`,
    ],
    tone: isSame ? 'plain' : 'bad',
  };
}

function endingRows(ruled: Ending, found: Ending, startMs: number): readonly TableRow[] {
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
  const reason = ruled.reason === found.reason ? ruled.reason : `${ruled.reason} / ${found.reason}`;
  return [
    row('end', reason ?? '', ['', when(ruled.endedMs)], ['', when(found.endedMs)]),
    row('used', '', [String(ruled.unitsUsed), ''], [String(found.unitsUsed), '']),
    row('left', '', [String(ruled.unitsLeft), ''], [String(found.unitsLeft), '']),
  ];
}

const signed = (units: number): string => (units > 0 ? `+${units}` : String(units));

/** What came of it all. 0: every ledger is what the rules say. */
export function conclude(verdicts: readonly Verdict[], paint: Paint): Conclusion {
  const wrong = verdicts.filter(({ differences }) => differences.length > 0);
  if (wrong.length > 0) {
    const numbers = wrong.map(({ casting }) => casting.no).join(', ');
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
      rows.map(({ held }) => (held === null ? 0 : held.recordedMs - held.dueMs)),
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
