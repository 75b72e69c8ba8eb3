/** The device's two clocks, and when to try again. Read through the globals at each call. */

/** May be wrong, and may jump. */
export const wallMs = (): number => Date.now();

/** Never goes back, and stands still while an iPhone sleeps. */
export const steadyMs = (): number => performance.now();

/** Something that is tried until it goes well. */
export interface Retry {
  /** On the steady clock; Infinity: not by itself. */
  atMs: number;
  tries: number;
}

/**
 * How long to wait after this many tries: at random from 0, so that ten thousand phones do not all come back at the
 * same moment.
 */
export const backOffMs = (tries: number, random: number): number =>
  random * (tries === 0 ? 1_000 : Math.min(30_000, 500 * 2 ** tries));

/** Gives how long to wait. */
export function tryLater(retry: Retry, atLeastMs = 0): number {
  const waitMs = Math.max(atLeastMs, backOffMs(retry.tries, Math.random()));
  retry.atMs = steadyMs() + waitMs;
  retry.tries += 1;
  return waitMs;
}

export const retryNow = (): Retry => ({ atMs: 0, tries: 0 });

/** Whether it is time; asked at every tick. */
export const isDue = ({ atMs }: Retry): boolean => steadyMs() >= atMs;
