import { expectNoDrift } from '../audit.ts';
import { measureDeductions } from '../deductions.ts';
import { measureNoopJobs } from '../noop-jobs.ts';
import { median } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome } from '../row.ts';

const IN_HAND = { short: [20, 200], full: [10, 50, 200, 500, 1_000] };
const BACKLOG = { short: 3_000, full: 10_000 };
const MOST_ROUNDS = 2;

/** How the rate of deductions and of no-op jobs goes up with the number of alarms in hand, and where it stops. */
export async function measureDeductionCurve(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const ours: (readonly [number, number])[] = [];
  const floor: (readonly [number, number])[] = [];
  for (const inHand of IN_HAND[scale]) {
    const mine: number[] = [];
    const noops: number[] = [];
    for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS); round += 1) {
      mine.push((await measureDeductions(rig, BACKLOG[scale], inHand)).perSecond);
      noops.push((await measureNoopJobs(rig, BACKLOG[scale], inHand)).perSecond);
    }
    ours.push([inHand, median(mine)]);
    floor.push([inHand, median(noops)]);
    const [a, b] = [mine, noops].map((list) => Math.round(median(list)));
    say(`${inHand} in hand: ${a} deductions/s, no-op jobs ${b}/s`);
  }
  await expectNoDrift(rig);
  const curve = {
    title: 'Deductions a second against alarms in hand',
    caption:
      'What one worker process does with a backlog when it takes more alarms in hand at a time, which makes larger ' +
      'batches. Beside it the queue alone, with as many jobs in hand that do nothing.',
    xLabel: 'alarms (jobs) in hand at the same time, one worker process',
    yLabel: 'a second',
    logX: true,
    series: [
      { name: 'deductions', points: ours },
      { name: 'BullMQ jobs that do nothing', points: floor },
    ],
  };
  return { rows: [], curves: [curve] };
}
