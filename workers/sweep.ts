import { sleep } from '../src/async/sleep.ts';
import type { SweepRound } from '../src/sessions/sweep.ts';

export interface SweepOptions {
  /** Ends after the page under way when it is aborted. */
  readonly sweepOnce: (closing: AbortSignal) => Promise<SweepRound>;
  /** Between the end of a round and the next, give or take a fifth, so that workers spread. @default 5_000 */
  readonly intervalMs?: number;
  readonly onRound: (round: SweepRound) => void;
  /** A round broke off. The next one goes on. */
  readonly onError: (error: unknown) => void;
}

export interface Sweep {
  /** Begins no further page and resolves when the one under way is done. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/**
 * Runs a round of the sweep at once and then at every interval, never two at a time. It lives in this process, not in
 * the queue: it must work exactly when the queue does not.
 */
export function startSweep({ sweepOnce, intervalMs = 5_000, onRound, onError }: SweepOptions): Sweep {
  const closing = new AbortController();

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        onRound(await sweepOnce(closing.signal));
      } catch (error) {
        onError(error);
      }
      await sleep(intervalMs * (0.8 + Math.random() * 0.4), closing.signal);
    }
  }

  const running = run();
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
}
