/** What time it is at the server, from answers that carry `server_time`. The device's own clock is never believed. */
import { steadyMs, wallMs } from './time.ts';

/** When a request went out. */
export interface Departure {
  readonly steadyMs: number;
  /** Wall clock less steady clock: it stays the same unless one of them jumps or stands still. */
  readonly skewMs: number;
}

/** An answer. The server's clock showed `serverMs` half-way between, give or take half the way. */
export interface Sample extends Departure {
  readonly receivedMs: number;
  readonly serverMs: number;
}

const SAMPLE_LIFE_MS = 5 * 60_000;
const ASK_AGAIN_MS = 4 * 60_000;
const JUMP_MS = 1_000;

const isSame = (a: Departure, b: Departure): boolean => Math.abs(a.skewMs - b.skewMs) <= JUMP_MS;

/** Those that still count: none from before a jump, and none older than five minutes unless it is the last. */
export const counting = (samples: readonly Sample[], now: Departure): readonly Sample[] =>
  samples.filter(
    (sample, index) =>
      isSame(sample, now) &&
      (index === samples.length - 1 || now.steadyMs - sample.receivedMs <= SAMPLE_LIFE_MS),
  );

const wayMs = (sample: Sample): number => sample.receivedMs - sample.steadyMs;

/** By the sample with the shortest way; null where there is none. */
export function serverTimeMs(samples: readonly Sample[], now: Departure): number | null {
  const [best] = [...samples].sort((a, b) => wayMs(a) - wayMs(b));
  return best === undefined ? null : best.serverMs + now.steadyMs - best.steadyMs - wayMs(best) / 2;
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
  let arrivedMs = 0;
  const depart = (): Departure => ({ steadyMs: steadyMs(), skewMs: wallMs() - steadyMs() });
  const nowMs = (): number | null => {
    const now = depart();
    samples = counting(samples, now);
    return serverTimeMs(samples, now);
  };
  return {
    depart,
    arrive: (departure, serverTime) => {
      const now = depart();
      // Else the device slept while the answer was under way, for an unknown time.
      const serverMs = Date.parse(serverTime);
      if (!isSame(departure, now) || !(serverMs > 0)) return;
      arrivedMs = now.steadyMs;
      samples = [...samples, { ...departure, receivedMs: now.steadyMs, serverMs }];
    },
    nowMs,
    isStale: () => nowMs() === null || steadyMs() - arrivedMs > ASK_AGAIN_MS,
  };
}
