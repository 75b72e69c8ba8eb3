import type { JournalCounts } from '../load/journal.ts';
import type { Observer } from '../rig/observer.ts';
import type { ManagedProcess } from '../rig/managed-process.ts';
import { INTERVAL_MS } from '../rig/policy.ts';

/** The state of everything at one instant. */
export interface Sample {
  readonly atMs: number;
  /** Since the beginning. */
  readonly acknowledged: number;
  /** Processes that do not answer, or do not reach what they need. */
  readonly notReady: readonly string[];
  /** Active sessions more than a second past their deadline; null: the database did not answer. */
  readonly overdue: number | null;
  readonly active: number | null;
}

export interface Sampler {
  readonly samples: readonly Sample[];
  readonly stop: () => Promise<void>;
}

const EVERY_MS = 250;
const OVERDUE_MS = 1_000;

interface Counts {
  readonly overdue: number;
  readonly active: number;
}

/** Sessions that ended long ago are in no index that this needs. */
const COUNT = `
  SELECT count(*)::integer AS active,
    (count(*) FILTER (WHERE next_deadline_at < session_clock() - interval '${OVERDUE_MS} milliseconds'))::integer AS overdue
  FROM text_appointment_sessions WHERE is_active`;

/** Takes a sample four times a second, or as often as it gets answers. */
export function startSampler(
  processes: readonly ManagedProcess[],
  observer: Observer,
  counts: Readonly<JournalCounts>,
): Sampler {
  const samples: Sample[] = [];
  const stopping = new AbortController();

  async function takeSample(): Promise<void> {
    const [ready, found] = await Promise.all([
      Promise.all(processes.map((one) => one.isReady())),
      observer.ask<Counts & Record<string, number>>(COUNT).then(
        ([row]) => row ?? null,
        () => null,
      ),
    ]);
    samples.push({
      atMs: Date.now(),
      acknowledged: counts.acknowledged,
      notReady: processes.filter((_, index) => ready[index] !== true).map(({ name }) => name),
      overdue: found?.overdue ?? null,
      active: found?.active ?? null,
    });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const startedMs = performance.now();
      await takeSample();
      const restMs = EVERY_MS - (performance.now() - startedMs);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, restMs)));
    }
  }

  const running = run();
  return {
    samples,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Acknowledged requests a second between two instants; null where there are too few samples. */
export function rateBetween(samples: readonly Sample[], fromMs: number, toMs: number): number | null {
  const inside = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined || last.atMs - first.atMs < INTERVAL_MS / 3) return null;
  return ((last.acknowledged - first.acknowledged) * 1000) / (last.atMs - first.atMs);
}
