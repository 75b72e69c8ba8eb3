import { setTimeout as pause } from 'node:timers/promises';
import type { ProgramSeat } from '../rig/program-seat.ts';
import { recoveredAt, type Recovered, type Recovery } from './recovery.ts';
import type { Sample } from './sampler.ts';

/** Waits for the product to get over something. Everything ends early when the run is halted. */
export interface Patience {
  /** Null: not within a minute. */
  untilRecovered(recovery: Recovery): Promise<Recovered | null>;
  /** Null: not within a minute. */
  untilReady(): Promise<Recovered | null>;
  rest(ms: number): Promise<void>;
}

const LIMIT_MS = 60_000;
const POLL_MS = 50;

export function openPatience(
  seats: readonly ProgramSeat[],
  samples: readonly Sample[],
  halted: AbortSignal,
): Patience {
  const rest = (ms: number): Promise<void> => pause(ms, undefined, { signal: halted }).catch(() => {});

  async function until(find: () => Promise<Recovered | null>): Promise<Recovered | null> {
    const deadline = Date.now() + LIMIT_MS;
    while (!halted.aborted && Date.now() < deadline) {
      const found = await find();
      if (found !== null) return found;
      await rest(POLL_MS);
    }
    return null;
  }

  return {
    untilRecovered: (recovery) => until(() => Promise.resolve(recoveredAt(samples, recovery))),
    untilReady: () =>
      until(async () => {
        const ready = await Promise.all(seats.map((seat) => seat.isReady()));
        return ready.every(Boolean) ? { atMs: Date.now(), last: null } : null;
      }),
    rest,
  };
}
