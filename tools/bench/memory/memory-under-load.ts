import { setTimeout as pause } from 'node:timers/promises';
import { untilReady } from '../../kit/product-program.ts';
import { LIVE_SESSIONS, measureActivities } from '../activities.ts';
import { armAll } from '../arm-all.ts';
import { expectNoDrift } from '../audit.ts';
import { fillWithSessions } from '../clinic-data.ts';
import { CLIENTS, pidOf } from '../http/both-apis.ts';
import type { Rig } from '../rig.ts';
import type { Curve, MeasureSettings, Outcome, Row } from '../row.ts';
import { flatnessOf } from './flatness.ts';
import { type MemorySample, watchMemory } from './resident-memory.ts';

const IDLE_SECONDS = { short: 5, full: 60 };
const LOAD_SECONDS = { short: 30, full: 600 };
/** Short blocks, so that the worker has a thousand deductions to do each second. */
const INTERVAL_MS = 4_000;
const PROCESSES = ['API', 'worker'] as const;

type Phase = readonly MemorySample[];

/** What the API and the worker keep in memory, doing nothing and then as much as they can, side by side. */
export async function measureMemory(
  rig: Rig,
  say: (line: string) => void,
  { scale }: MeasureSettings,
): Promise<Outcome> {
  const api = await rig.start('src/server.ts');
  const worker = await rig.start('workers/worker.ts');
  try {
    await Promise.all([untilReady(api), untilReady(worker)]);
    const pids = { API: pidOf(api), worker: pidOf(worker) };
    const idle = await watched(pids, () => pause(IDLE_SECONDS[scale] * 1000));
    say(`idle: ${inWords(idle)}; now ${LOAD_SECONDS[scale]} s under full load`);
    await fillWithSessions(rig.sql, LIVE_SESSIONS, 0, {
      intervalMs: INTERVAL_MS,
      units: 10_000,
      spreadMs: INTERVAL_MS,
    });
    await armAll(rig);
    const loaded = await watched(pids, () => loadFor(rig, api.port, LOAD_SECONDS[scale], say));
    say(`under load: ${inWords(loaded)}`);
    await worker.stop();
    await api.stop();
    await expectNoDrift(rig);
    return { rows: rowsOf(idle, loaded, scale), curves: [curveOf(idle, loaded)] };
  } finally {
    await Promise.all([worker.stop(), api.stop()]);
  }
}

async function watched(
  pids: Readonly<Record<string, number>>,
  meanwhile: () => Promise<unknown>,
): Promise<Phase> {
  const watch = watchMemory(pids);
  try {
    await meanwhile();
    return await watch.samples();
  } finally {
    watch.stop();
  }
}

/** In pieces, so that the load generator keeps no latencies of ten minutes, and says that it is still there. */
async function loadFor(rig: Rig, port: number, seconds: number, say: (line: string) => void): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (let left = seconds; left > 0.5; left = (end - performance.now()) / 1000) {
    const { perSecond } = await measureActivities(rig, port, {
      clients: CLIENTS,
      seconds: Math.min(left, 60),
    });
    say(`${Math.round(perSecond)} activities/s beside the deductions`);
  }
}

const seriesOf = (phase: Phase, process: string): readonly (readonly [number, number])[] =>
  phase.map(({ seconds, mb }) => [seconds, mb[process] ?? Number.NaN] as const);

const inWords = (phase: Phase): string =>
  PROCESSES.map((name) => `${name} ${Math.round(phase.at(-1)?.mb[name] ?? Number.NaN)} MB`).join(', ');

function rowsOf(idle: Phase, loaded: Phase, scale: MeasureSettings['scale']): readonly Row[] {
  return PROCESSES.flatMap((name): readonly Row[] => {
    const quiet = flatnessOf(seriesOf(idle, name));
    const busy = flatnessOf(seriesOf(loaded, name));
    const isLongEnough = scale === 'full';
    return [
      {
        what: `memory of the ${name} under full load`,
        against: `the same ${name}, idle`,
        unit: 'MB',
        ours: [busy.medianMb],
        floor: [quiet.medianMb],
        ratio: [busy.medianMb / quiet.medianMb],
        aim: null,
        note: `Resident, the median of the second half of ${LOAD_SECONDS[scale]} s and of ${IDLE_SECONDS[scale]} s.`,
      },
      {
        what: `growth of the ${name} over the second half of ${LOAD_SECONDS[scale]} s`,
        against: 'what may be chance (flat: not more than that)',
        unit: 'MB',
        ours: [busy.growthMb],
        floor: [busy.noiseMb],
        ratio: [busy.growthMb / busy.noiseMb],
        aim: isLongEnough ? { of: 'ratio', most: 1 } : null,
        note: isLongEnough
          ? 'The slope of a line through the second half times its length; chance is twice the standard deviation around the line, at least 2 % of the median.'
          : 'Half a minute is too short to judge growth by: the full run takes ten minutes.',
      },
    ];
  });
}

function curveOf(idle: Phase, loaded: Phase): Curve {
  const begin = (idle.at(-1)?.seconds ?? 0) + 1;
  return {
    title: 'Memory, idle and then under full load',
    caption:
      'Resident memory once a second: first both processes idle, then activities as fast as they are answered while ' +
      'the worker deducts a thousand units a second. Flat means that the second half of the load does not grow by ' +
      'more than chance.',
    xLabel: 'seconds',
    yLabel: 'MB resident',
    series: PROCESSES.map((name) => ({
      name,
      points: [
        ...seriesOf(idle, name),
        ...seriesOf(loaded, name).map(([seconds, mb]) => [begin + seconds, mb] as const),
      ],
    })),
  };
}
