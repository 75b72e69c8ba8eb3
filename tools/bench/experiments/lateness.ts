import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { untilReady } from '../../kit/product-program.ts';
import {
  databaseNowMs,
  expectNoFlaws,
  firstDeadlineMs,
  isChargedUntil,
  latenessOfCharges,
  overdueSessions,
} from '../clinic/charges.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import { armAll, prepareQueue } from '../clinic/queue.ts';
import type { Row } from '../figures.ts';
import { pidOf } from '../load/activities.ts';
import { startProcessorMeter } from '../processor-time.ts';
import type { Measure, Rig } from '../rig.ts';
import { type Lateness, latenessInWords, mediansByKey, quotients, summarise } from '../statistics.ts';
import { until, untilOrThrow } from '../until.ts';
import { measureDelayedJobs } from './noop-jobs.ts';

const ARMED = { quick: [2_000, 10_000], whole: [10_000, 100_000] };
const WINDOW_MS = { quick: 1_500, whole: 6_000 };
/** The interval of a block: of the armed sessions, a six-hundredth is due each second. */
const SPREAD_MS = 600_000;
/** The aims are for this many sessions. */
const AIMED_AT = 100_000;
/** A process that has just started is not what is measured. */
const WARM_UP_MS = 2_000;
/** The worker has caught up with what was due before it started once nothing is later than this. */
const CAUGHT_UP_MS = 250;

/** What was found with this many sessions armed. */
interface Stage {
  readonly armed: number;
  /** How late each charge was, window by window; and each bare job, round by round. */
  readonly lateness: readonly (readonly number[])[];
  readonly bare: readonly (readonly number[])[];
  /** What one alarm takes of Redis' memory. */
  readonly bytesEach: number;
  /** Microseconds a charge, by part. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

/**
 * How late deductions are while many sessions are armed and due evenly, beside bare delayed jobs of BullMQ at the
 * same rate. The bare jobs run after our windows, never at the same time.
 */
export const measureLateness: Measure = async (rig, say, { rounds, isQuick }) => {
  const size = isQuick ? 'quick' : 'whole';
  const stages: Stage[] = [];
  await prepareQueue(rig);
  for (const armed of ARMED[size]) {
    const windowMs = WINDOW_MS[size];
    const ours = await measureArmed(rig, armed, windowMs, rounds);
    const jobs = Math.max(20, Math.round((armed * windowMs) / SPREAD_MS));
    const stage = { ...ours, bare: await measureDelayedJobs(rig, { jobs, windowMs, rounds }) };
    stages.push(stage);
    const [mine, bare] = [stage.lateness, stage.bare].map((list) => latenessInWords(summarise(list.flat())));
    say(`${armed} armed: ${mine}; bare jobs: ${bare}; ${Math.round(stage.bytesEach)} bytes of Redis each`);
  }
  return [...stages.flatMap(latenessRows), ...growthRows(stages), memoryRow(stages)];
};

/** Arms the sessions, starts the product's worker, and reads from the ledger how late each charge was. */
async function measureArmed(
  rig: Rig,
  armed: number,
  windowMs: number,
  windows: number,
): Promise<Omit<Stage, 'bare'>> {
  await fillWithSessions(rig.sql, armed, 3_000 + armed * 0.1, { spreadMs: SPREAD_MS });
  const before = await usedMemory(rig.redisUrl);
  await armAll(rig);
  const bytesEach = ((await usedMemory(rig.redisUrl)) - before) / armed;
  const firstMs = await firstDeadlineMs(rig.sql);
  const worker = await rig.start('workers/worker.ts');
  try {
    await untilReady(worker);
    await pause(Math.max(0, firstMs - (await databaseNowMs(rig.sql)) + CAUGHT_UP_MS));
    // A worker that cannot keep up is measured all the same: its lateness says so.
    await until(async () => (await overdueSessions(rig.sql, CAUGHT_UP_MS)) === 0, {
      withinMs: 60_000,
      everyMs: 200,
    });
    await pause(WARM_UP_MS);
    const parts = { worker: pidOf(worker), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
    const edges: (readonly [number, number])[] = [];
    const used: Readonly<Record<string, number>>[] = [];
    for (let window = 1; window <= windows; window += 1) {
      const fromMs = await databaseNowMs(rig.sql);
      const meter = await startProcessorMeter(parts);
      await pause(windowMs);
      used.push(await meter.perOperation((armed * windowMs) / SPREAD_MS));
      edges.push([fromMs, await databaseNowMs(rig.sql)]);
    }
    const endMs = edges.at(-1)?.[1] ?? Number.NaN;
    await untilOrThrow(() => isChargedUntil(rig.sql, endMs), 'all that was due in the windows is charged', {
      withinMs: 60_000,
    });
    const lateness: (readonly number[])[] = [];
    for (const [fromMs, toMs] of edges) lateness.push(await latenessOfCharges(rig.sql, fromMs, toMs));
    await expectNoFlaws(rig.sql, endMs);
    return { armed, lateness, bytesEach, cpuUs: mediansByKey(used) };
  } finally {
    await worker.stop();
  }
}

async function usedMemory(redisUrl: string): Promise<number> {
  const redis = new Redis(redisUrl);
  try {
    const [, bytes] = /used_memory:(\d+)/.exec(await redis.info('memory')) ?? [];
    return Number(bytes);
  } finally {
    await redis.quit();
  }
}

const figuresOf = (rounds: readonly (readonly number[])[], key: keyof Lateness): number[] =>
  rounds.map((round) => summarise(round)[key]);

function latenessRows({ armed, lateness, bare, cpuUs }: Stage): readonly Row[] {
  const row = (name: string, key: keyof Lateness, mostMs: number | null): Row => ({
    what: `lateness ${name} with ${armed} sessions armed`,
    against: 'a bare BullMQ job',
    unit: 'ms',
    ours: figuresOf(lateness, key),
    floor: figuresOf(bare, key),
    ratio: null,
    aim: armed === AIMED_AT && mostMs !== null ? { of: 'value', most: mostMs } : null,
    cpuUs,
  });
  return [row('p50', 'p50Ms', null), row('p99', 'p99Ms', 30)];
}

/** What ten times as many sessions change. */
function growthRows(stages: readonly Stage[]): readonly Row[] {
  const [few, many] = stages;
  if (few === undefined || many === undefined) return [];
  const [ours, floor] = [figuresOf(many.lateness, 'p99Ms'), figuresOf(few.lateness, 'p99Ms')];
  return [
    {
      what: `lateness p99 with ${many.armed} sessions armed`,
      against: `with ${few.armed}`,
      unit: 'ms',
      ours,
      floor,
      ratio: quotients(ours, floor),
      aim: null,
      note: 'With as many times as many charges a second, too.',
    },
  ];
}

function memoryRow(stages: readonly Stage[]): Row {
  const each = stages.map(({ armed, bytesEach }) => `${Math.round(bytesEach)} with ${armed}`);
  return {
    what: 'Redis bytes per armed session',
    against: '–',
    unit: 'bytes',
    ours: [Math.max(...stages.map(({ bytesEach }) => bytesEach))],
    floor: null,
    ratio: null,
    aim: { of: 'value', most: 1_000 },
    note: `The difference of used_memory: ${each.join(', ')} armed; the worst counts.`,
  };
}
