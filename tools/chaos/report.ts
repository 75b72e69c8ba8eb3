import { markdownTable, renderTable, type Column, type Paint } from '../kit/table.ts';
import type { Followed } from './check/check-followers.ts';
import type { FaultRow, Verdict } from './check/verdict.ts';
import type { Incident } from './fault.ts';
import type { JournalCounts } from './load/journal.ts';
import type { SettledDown } from './settle-down.ts';

const SHOWN_DIFFERENCES = 40;

/** Everything that a report says. */
export interface Outcome {
  readonly command: string;
  readonly seed: number;
  readonly minutes: number;
  readonly patients: number;
  readonly verdict: Verdict;
  readonly incidents: readonly Incident[];
  readonly missed: readonly string[];
  readonly counts: Readonly<JournalCounts>;
  readonly kills: number;
  readonly endedByThemselves: number;
  readonly mostActive: number;
  readonly settled: SettledDown;
  readonly followed: Followed;
  readonly auditor: string;
}

/** The totals, a line each. */
function totalsOf(outcome: Outcome): readonly string[] {
  const { verdict, counts, incidents, missed, settled, followed } = outcome;
  const { lost, doubled } = verdict.inPeace;
  return [
    `seed ${outcome.seed}, ${outcome.minutes.toFixed(1)} minutes of faults, ${outcome.patients} patients, up to ${outcome.mostActive} sessions at a time`,
    `${incidents.length} faults injected, ${missed.length} whose moment did not come, ${outcome.kills} processes killed with SIGKILL, ${outcome.endedByThemselves} that ended by themselves`,
    `${verdict.sessions} sessions, ${verdict.deductions} deductions; wrong ones that were due in peace: ${lost} lost, ${doubled} doubled`,
    `${counts.requests} requests: ${counts.acknowledged} acknowledged, ${counts.refused} refused by the rules, ${counts.unavailable} asked to try again, ${counts.noAnswer} without an answer, ${counts.internalErrors} answered with 500; ${counts.unknown} whose outcome is unknown`,
    `${followed.events} events sent to ${followed.followers} followers over ${followed.connections} connections: ${followed.missing} missing, ${followed.doubled} doubled, ${followed.outOfOrder} out of order`,
    `the latest deduction or end was written ${(verdict.longestLatenessMs / 1000).toFixed(1)} s after it was due, and is dated when it was due`,
    `after the last fault: every session on time and armed after ${settled.armedAfterSeconds.toFixed(1)} s; with people gone, all ended and the queue drained after ${settled.drainedAfterSeconds.toFixed(1)} s`,
    `auditor: ${outcome.auditor}`,
  ];
}

const COLUMNS: readonly Column[] = [
  { title: 'fault', align: 'left' },
  { title: 'times', align: 'right' },
  { title: 'lost', align: 'right', group: 'deductions' },
  { title: 'doubled', align: 'right', group: 'deductions' },
  { title: 'longest lateness', align: 'right' },
  { title: 'median', align: 'right', group: 'recovery, s' },
  { title: 'longest', align: 'right', group: 'recovery, s' },
  { title: 'during', align: 'right', group: 'throughput' },
  { title: 'after', align: 'right', group: 'throughput' },
];

const cellsOf = (row: FaultRow): readonly string[] => [
  row.fault,
  String(row.times),
  String(row.lost),
  String(row.doubled),
  `${seconds(row.longestLatenessMs)} s`,
  seconds(row.recoveryMs.median),
  seconds(row.recoveryMs.longest),
  share(row.during),
  share(row.afterToBefore),
];

const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : 'never');
const share = (value: number | null): string => (value === null ? '–' : value.toFixed(2));

/** For the terminal. */
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
          `  ${paint('good', 'Nothing is lost, nothing is doubled, and the records agree with every answer that was given.')}`,
        ]
      : differences.slice(0, SHOWN_DIFFERENCES).map((words) => `  ${paint('bad', `Differs: ${words}`)}`)),
    ...(more > 0 ? [`  ${paint('bad', `… and ${more} more`)}`] : []),
  ];
}

/** For a document. */
export function markdownReport(outcome: Outcome): string {
  const { rows, differences } = outcome.verdict;
  return [
    `Made by \`${outcome.command}\`.`,
    '',
    ...markdownTable(COLUMNS, rows.map(cellsOf)),
    '',
    ...totalsOf(outcome).map((line) => `- ${line}`),
    '',
    differences.length === 0
      ? 'No difference was found.'
      : `**${differences.length} differences were found.** The first: ${differences[0]}`,
    '',
  ].join('\n');
}
