import type { Incident } from '../incident.ts';
import type { JournalCounts } from '../load/journal.ts';
import type { SettledDown } from '../settle-down.ts';
import type { Verdict } from '../verdict.ts';

/** Everything that a report tells. */
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
  readonly auditor: string;
}

/** The totals, a line each. */
export function totalsOf(outcome: Outcome): readonly string[] {
  const { verdict, counts, incidents, missed, settled } = outcome;
  const { lost, doubled } = verdict.inPeace;
  return [
    `seed ${outcome.seed}, ${outcome.minutes.toFixed(1)} minutes of faults, ${outcome.patients} patients, up to ${outcome.mostActive} sessions at a time`,
    `${incidents.length} faults injected, ${missed.length} whose moment did not come, ${outcome.kills} processes killed with SIGKILL, ${outcome.endedByThemselves} that ended by themselves`,
    `${verdict.sessions} sessions, ${verdict.deductions} deductions; wrong ones that were due in peace: ${lost} lost, ${doubled} doubled`,
    `${counts.requests} requests: ${counts.acknowledged} acknowledged, ${counts.refused} refused by the rules, ${counts.unavailable} told to come again, ${counts.noAnswer} without an answer, ${counts.internalErrors} answered with 500; ${counts.unknown} things that nobody knows the end of`,
    `the latest deduction or end was written ${(verdict.longestLatenessMs / 1000).toFixed(1)} s after it was due, and is dated when it was due`,
    `after the last fault: every session on time and armed after ${settled.armedAfterSeconds.toFixed(1)} s; with people gone, all ended and the queue drained after ${settled.drainedAfterSeconds.toFixed(1)} s`,
    `auditor: ${outcome.auditor}`,
  ];
}
