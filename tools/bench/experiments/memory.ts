import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { untilReady } from '../../kit/product-program.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import { armAll, prepareQueue } from '../clinic/queue.ts';
import { CLIENTS, LIVE_SESSIONS, measureActivities, pidOf } from '../load/activities.ts';
import { median } from '../statistics.ts';
import type { Measure } from '../rig.ts';

const IDLE_SECONDS = { quick: 5, whole: 30 };
const LOAD_SECONDS = { quick: 10, whole: 180 };
/** Short blocks, so that the worker has a thousand deductions to do each second. */
const INTERVAL_MS = 4_000;
const PROCESSES = ['API', 'worker'] as const;
type Pids = Readonly<Record<(typeof PROCESSES)[number], number>>;
/** Seconds since the first sample, and resident memory. */
type Samples = readonly (readonly [seconds: number, mb: number])[];
type Phase = Readonly<Record<(typeof PROCESSES)[number], Samples>>;

/** What the API and the worker keep in memory, doing nothing and then as much as they can, side by side. */
export const measureMemory: Measure = async (rig, say, { isQuick }) => {
  const size = isQuick ? 'quick' : 'whole';
  await prepareQueue(rig);
  const api = await rig.start('src/server.ts');
  const worker = await rig.start('workers/worker.ts');
  try {
    await Promise.all([untilReady(api), untilReady(worker)]);
    const pids = { API: pidOf(api), worker: pidOf(worker) };
    const idle = await watched(pids, () => pause(IDLE_SECONDS[size] * 1000));
    await fillWithSessions(rig.sql, LIVE_SESSIONS, 0, {
      intervalMs: INTERVAL_MS,
      units: 10_000,
      spreadMs: INTERVAL_MS,
    });
    await armAll(rig);
    const loaded = await watched(pids, async () => {
      // In pieces, so that the load generator keeps no latencies of minutes.
      for (let left: number = LOAD_SECONDS[size]; left > 0; left -= 30)
        await measureActivities(api.port, { clients: CLIENTS, seconds: Math.min(left, 30) });
    });
    return PROCESSES.flatMap((name) => {
      const [quiet, busy] = [flatnessOf(idle[name]), flatnessOf(loaded[name])];
      const seconds = LOAD_SECONDS[size];
      say(`${name}: ${Math.round(quiet.medianMb)} MB idle, ${Math.round(busy.medianMb)} MB under load`);
      return [
        {
          what: `memory of the ${name} under full load`,
          against: `the same ${name}, idle`,
          unit: 'MB',
          ours: [busy.medianMb],
          floor: [quiet.medianMb],
          ratio: [busy.medianMb / quiet.medianMb],
          aim: null,
          note: `Resident, the median of the second half of ${seconds} s and of ${IDLE_SECONDS[size]} s.`,
        },
        {
          what: `growth of the ${name} over the second half of ${seconds} s`,
          against: 'what may be chance',
          unit: 'MB',
          ours: [busy.growthMb],
          floor: [busy.noiseMb],
          ratio: [busy.growthMb / busy.noiseMb],
          aim: { of: 'ratio', most: 1 } as const,
          note: 'The slope of a line through the second half times its length; chance is twice the standard deviation around it, at least 2 % of the median.',
        },
      ];
    });
  } finally {
    await Promise.all([worker.stop(), api.stop()]);
  }
};

/** Reads the memory of both once a second while something else happens. */
async function watched(pids: Pids, meanwhile: () => Promise<unknown>): Promise<Phase> {
  const phase = { API: [] as (readonly [number, number])[], worker: [] as (readonly [number, number])[] };
  const start = performance.now();
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const seconds = (performance.now() - start) / 1000;
      for (const name of PROCESSES) phase[name].push([seconds, await residentMb(pids[name])]);
      await pause(1000, undefined, { signal: over.signal }).catch(() => {});
    }
  };
  const watching = watch();
  try {
    await meanwhile();
  } finally {
    over.abort();
  }
  await watching;
  return phase;
}

/** Megabytes of memory that the process has (VmRSS of proc(5)), whatever its heap says. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory: has it ended?`);
  return Number(kilobytes) / 1024;
}

/** Whether memory still grows, from the second half of the samples: the first is for warming up. */
export interface Flatness {
  readonly medianMb: number;
  /** What a straight line through the second half gains over that half. */
  readonly growthMb: number;
  /** What may be chance: twice the standard deviation around that line, but never less than 2 % of the median. */
  readonly noiseMb: number;
}

/** Flat means: `growthMb` is not more than `noiseMb`. @throws where there are fewer than four samples. */
export function flatnessOf(samples: Samples): Flatness {
  if (samples.length < 4) throw new Error('fewer than four samples say nothing about growth');
  const half = samples.slice(samples.length >> 1);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(half.map(([x]) => x)), mean(half.map(([, y]) => y))];
  const slope =
    half.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) /
    half.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const deviation = Math.sqrt(mean(half.map(([x, y]) => (y - meanY - slope * (x - meanX)) ** 2)));
  const medianMb = median(half.map(([, y]) => y));
  const lasted = (half.at(-1)?.[0] ?? 0) - (half[0]?.[0] ?? 0);
  return { medianMb, growthMb: slope * lasted, noiseMb: Math.max(2 * deviation, 0.02 * medianMb) };
}
