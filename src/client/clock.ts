/** What time it is at the server, from answers that carry `server_time`. The device's own clock is never believed. */
import { steadyMs, wallMs } from './time.ts';

/** When a request went out. */
export interface Departure {
  readonly steady: number;
  /** Wall clock less steady clock: it stays the same unless one of them jumps or stands still. */
  readonly skew: number;
}

/** An answer. The server's clock showed `serverMs` half-way between, give or take half the way. */
export interface Sample extends Departure {
  readonly received: number;
  readonly serverMs: number;
}

const SAMPLE_LIFE_MS = 5 * 60_000;
const ASK_AGAIN_MS = 4 * 60_000;
const JUMP_MS = 1_000;

const isSame = (a: Departure, b: Departure): boolean => Math.abs(a.skew - b.skew) <= JUMP_MS;

/** Those that still count: none from before a jump, and none older than five minutes unless it is the last. */
export function counting(samples: readonly Sample[], now: Departure): readonly Sample[] {
  const same = samples.filter((sample) => isSame(sample, now));
  return same.filter(
    ({ received }, index) => index === same.length - 1 || now.steady - received <= SAMPLE_LIFE_MS,
  );
}

/** By the sample with the shortest way; null where there is none. */
export function serverTimeMs(samples: readonly Sample[], { steady }: Departure): number | null {
  const way = (sample: Sample): number => sample.received - sample.steady;
  const [first, ...others] = samples;
  if (first === undefined) return null;
  const best = others.reduce((shortest, sample) => (way(sample) <= way(shortest) ? sample : shortest), first);
  return best.serverMs + steady - (best.steady + best.received) / 2;
}

export interface ServerClock {
  readonly depart: () => Departure;
  /** An answer has come to what departed then. */
  readonly arrive: (departure: Departure, serverTime: string) => void;
  /** Milliseconds since 1970 at the server; null until an answer tells, and again after the device slept. */
  readonly nowMs: () => number | null;
  /** Whether it is time to ask: nothing is known, or what is known grows old. */
  readonly isStale: () => boolean;
}

export function createServerClock(): ServerClock {
  let samples: readonly Sample[] = [];
  const depart = (): Departure => ({ steady: steadyMs(), skew: wallMs() - steadyMs() });
  const current = (now: Departure): readonly Sample[] => (samples = counting(samples, now));
  return {
    depart,
    arrive: (departure, serverTime) => {
      const now = depart();
      // Else the device slept while the answer was under way: nobody knows for how long.
      const serverMs = Date.parse(serverTime);
      if (isSame(departure, now) && serverMs > 0)
        samples = [...samples, { ...departure, received: now.steady, serverMs }];
    },
    nowMs: () => {
      const now = depart();
      return serverTimeMs(current(now), now);
    },
    isStale: () => {
      const now = depart();
      return !current(now).some(({ received }) => now.steady - received <= ASK_AGAIN_MS);
    },
  };
}
