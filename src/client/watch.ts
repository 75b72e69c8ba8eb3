/** Warns when the end or the last unit is near, and reads the session again where that is needed. */
import type { ServerClock } from './clock.ts';
import type { Log } from './log.ts';
import { steadyMs } from './time.ts';
import { timeLeftOf } from './time-left.ts';
import { type Warning, warningOf } from './warning.ts';

const PAUSE_MS = 2_000;

/**
 * Returns a function to be called when something may have changed, and at every tick: from the warning before to the
 * warning now.
 * @param ask reads the session anew
 */
export function createWatch(
  clock: ServerClock,
  log: () => Log,
  ask: () => Promise<unknown>,
): (before: Warning) => Warning {
  let askAtMs = 0;

  return (before) => {
    const { session, lowBalanceNo } = log();
    const nowMs = clock.nowMs();
    const isToAsk = session?.is_active === true && (timeLeftOf(session, nowMs)?.ms === 0 || clock.isStale());
    if (isToAsk && steadyMs() >= askAtMs) {
      askAtMs = Infinity;
      const rest = (): void => {
        askAtMs = steadyMs() + PAUSE_MS;
      };
      ask().then(rest, rest);
    }
    return warningOf(session, lowBalanceNo, nowMs, before);
  };
}
