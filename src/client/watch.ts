/** Warns when the end or the last unit is near, and asks where the server has to say more. */
import type { ServerClock } from './clock.ts';
import type { Log } from './log.ts';
import { steadyMs } from './time.ts';
import { timeLeftOf } from './time-left.ts';
import { type Warning, warningOf } from './warning.ts';

export interface Watch {
  readonly warning: () => Warning;
  /** True where the warning is another now. */
  readonly look: () => boolean;
}

const PAUSE_MS = 2_000;

/** @param ask reads the session anew */
export function createWatch(clock: ServerClock, log: () => Log, ask: () => Promise<unknown>): Watch {
  let warning: Warning = null;
  let askAt = 0;

  async function askOnce(): Promise<void> {
    askAt = Infinity;
    await ask().catch(() => {});
    askAt = steadyMs() + PAUSE_MS;
  }

  return {
    warning: () => warning,
    look: () => {
      const { session, lowBalanceNo } = log();
      const before = warning;
      const nowMs = clock.nowMs();
      warning = warningOf(session, lowBalanceNo, nowMs, before);
      const isToAsk =
        session?.is_active === true && (timeLeftOf(session, nowMs)?.ms === 0 || clock.isStale());
      if (isToAsk && steadyMs() >= askAt) void askOnce();
      return warning !== before;
    },
  };
}
