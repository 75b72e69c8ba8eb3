import { quotients } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { Curve, MeasureSettings, Outcome, Row } from '../row.ts';
import { type ArmedStage, measureArmed } from './armed-stage.ts';
import { measureBareJobs } from './bare-jobs.ts';
import { activityCosts, costRows, type Costs, deductionCosts } from './cost-by-armed.ts';
import { inWords, type Lateness, summarise } from './summary.ts';

const ARMED = { short: [10_000, 100_000], full: [10_000, 100_000, 1_000_000] };
const WINDOW_MS = { short: 3_000, full: 6_000 };
const MOST_WINDOWS = { short: 2, full: 5 };

/** With so many armed, what things cost is measured, too. */
const MANY = 1_000_000;
const FEW = 10_000;

/** The interval of a block: with so many sessions armed, a six-hundredth is due each second. */
const SPREAD_MS = 600_000;

/** The aims are for so many sessions; a million have one of their own. */
const AIMED_AT = 100_000;
const AIMS_MS = { p50Ms: 5, p99Ms: 25, p999Ms: 100 } as const;

interface Stage extends ArmedStage {
  readonly bare: readonly (readonly number[])[];
}

/**
 * How late deductions are while so many sessions are armed and due evenly, beside bare delayed jobs of BullMQ at the
 * same rate. The bare jobs run before and after our windows, never at the same time.
 */
export async function measureLateness(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const windows = Math.min(rounds, MOST_WINDOWS[scale]);
  const stages: Stage[] = [];
  const costs: Costs[] = [];
  for (const armed of ARMED[scale]) {
    const stage = await measureStage(rig, armed, windows, WINDOW_MS[scale]);
    stages.push(stage);
    say(
      `${armed} armed: ${inWords(summarise(stage.lateness.flat()))}; bare jobs: ${inWords(summarise(stage.bare.flat()))}`,
    );
    if (scale === 'full' && (armed === FEW || armed === MANY)) costs.push(await costsOf(rig, say, stage));
  }
  return {
    rows: [...stages.flatMap(latenessRows), ...growthRows(stages), memoryRow(stages), ...costRows(costs)],
    curves: [curveOf(stages)],
    notes: [
      ...stages.map(
        (stage) => `Lateness with ${stage.armed} armed: ${inWords(summarise(stage.lateness.flat()))}.`,
      ),
      'A bare job waits in a blocking command of Redis, whose time-outs Redis looks at only 10 times a second (`hz`) as long as nothing else happens: that is most of its lateness at a low rate.',
    ],
  };
}

async function measureStage(rig: Rig, armed: number, windows: number, windowMs: number): Promise<Stage> {
  const bareRounds = { jobs: Math.max(20, Math.round((armed * windowMs) / SPREAD_MS)), windowMs };
  const roundMs = windowMs + 2_500;
  const bare: (readonly number[])[] = [];
  const measureBare = async (rounds: number): Promise<void> => {
    bare.push(...(await measureBareJobs(rig, { ...bareRounds, rounds })));
  };
  // Preparing takes about so long; where it takes less, the time is used for some of the bare rounds.
  const leadMs = 5_000 + armed * 0.12;
  const stage = await measureArmed(rig, { armed, windowMs, windows, spreadMs: SPREAD_MS, leadMs }, (leftMs) =>
    measureBare(Math.min(windows >> 1, Math.max(0, Math.floor((leftMs - 3_000) / roundMs)))),
  );
  await measureBare(windows - bare.length);
  return { ...stage, bare };
}

async function costsOf(rig: Rig, say: (line: string) => void, { armed, cpuUs }: Stage): Promise<Costs> {
  const activity = await activityCosts(rig);
  // With few armed, so few are due that the worker's own upkeep is most of it: so they are due faster, for once.
  const deduction = armed === MANY ? cpuUs : await deductionCosts(rig, armed, MANY, WINDOW_MS.full);
  say(`${armed} armed: ${listed(activity)} µs an activity, ${listed(deduction)} µs a deduction`);
  return { armed, activity, deduction };
}

const listed = (values: readonly number[]): string => values.map((value) => Math.round(value)).join(', ');

function latenessRows({ armed, lateness, bare }: Stage): readonly Row[] {
  const of = (rounds: readonly (readonly number[])[], key: keyof Lateness) =>
    rounds.map((round) => summarise(round)[key]);
  // A window has too few charges for the last thousandth: that one is of all windows together.
  const ofAll = (rounds: readonly (readonly number[])[], key: keyof Lateness) => [
    summarise(rounds.flat())[key],
  ];
  const row = (name: string, key: keyof typeof AIMS_MS, figures: typeof of): Row => ({
    what: `lateness ${name} with ${armed} sessions armed`,
    against: 'a bare delayed BullMQ job, as many a second',
    unit: 'ms',
    ours: figures(lateness, key),
    floor: figures(bare, key),
    ratio: null,
    aim: armed === AIMED_AT ? { of: 'value', most: AIMS_MS[key] } : null,
  });
  return [row('p50', 'p50Ms', of), row('p99', 'p99Ms', of), row('p99.9', 'p999Ms', ofAll)];
}

/** What a hundred times as many sessions change. */
function growthRows(stages: readonly Stage[]): readonly Row[] {
  const [least] = stages;
  const most = stages.at(-1);
  if (least === undefined || most === undefined || least === most) return [];
  const p99 = (stage: Stage) => stage.lateness.map((window) => summarise(window).p99Ms);
  return [
    {
      what: `lateness p99 with ${most.armed} sessions armed`,
      against: `with ${least.armed}`,
      unit: 'ms',
      ours: p99(most),
      floor: p99(least),
      ratio: quotients(p99(most), p99(least)),
      aim: { of: 'ratio', most: 1.5 },
      note: `With a hundred times as many charges a second, too.`,
    },
  ];
}

function memoryRow(stages: readonly Stage[]): Row {
  const bytes = stages.map(({ bytesEach }) => bytesEach);
  return {
    what: 'Redis bytes per armed session',
    against: '–',
    unit: 'bytes',
    ours: [Math.max(...bytes)],
    floor: null,
    ratio: null,
    aim: { of: 'value', most: 600 },
    note: `The difference of used_memory: ${stages.map(({ armed, bytesEach }) => `${Math.round(bytesEach)} with ${armed}`).join(', ')} armed; the worst counts.`,
  };
}

function curveOf(stages: readonly Stage[]): Curve {
  const figures = [
    ['p50', 'p50Ms'],
    ['p99', 'p99Ms'],
    ['p99.9', 'p999Ms'],
  ] as const;
  const points = (key: keyof Lateness, of: 'lateness' | 'bare') =>
    stages.map((stage) => [stage.armed, summarise(stage[of].flat())[key]] as const);
  return {
    title: 'Lateness of a deduction against the number of armed sessions',
    xLabel: 'armed sessions, of which a six-hundredth is due each second',
    yLabel: 'ms from the deadline to the record of the charge',
    logX: true,
    logY: true,
    series: [
      ...figures.map(([name, key]) => ({ name, points: points(key, 'lateness') })),
      ...figures.map(([name, key]) => ({ name: `${name}, bare delayed job`, points: points(key, 'bare') })),
    ],
  };
}
