import { sleep } from '../src/async/sleep.ts';
import type { Alarm } from '../src/sessions/alarms.ts';
import type { SettleOverdue, SweepPage } from '../src/sessions/sweep.ts';

export interface SweepRound {
  readonly pages: number;
  /** Overdue sessions found. When this stays above 0, alarms are late or lost. */
  readonly sessions: number;
  readonly failed: number;
  readonly durationMs: number;
}

export interface SweepOptions {
  readonly settleOverdue: SettleOverdue;
  readonly arm: (alarms: readonly Alarm[]) => Promise<void>;
  /** Between the end of a round and the next, give or take a fifth, so that workers spread. @default 5_000 */
  readonly intervalMs?: number;
  /** So that the sweep leaves to the alarms what is theirs. @default 2_000 */
  readonly graceMs?: number;
  /** Sessions per page. @default 200 */
  readonly limit?: number;
  /** Pages per round; the next round begins again at the least overdue. @default 1_000 */
  readonly maxPages?: number;
  readonly onRound: (round: SweepRound) => void;
  /** A round that broke off, or alarms that could not be armed. The next round goes on either way. */
  readonly onError: (error: unknown) => void;
}

export interface Sweep {
  /** Begins no further page and resolves when the one under way is done. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/**
 * Settles what no alarm has settled in time, whatever became of the alarm. Runs a round at once and then
 * at every interval, never two at a time. It lives in this process, not in the queue: it must work
 * exactly when the queue does not.
 */
export function startSweep(options: SweepOptions): Sweep {
  const { intervalMs = 5_000, onRound, onError } = options;
  const closing = new AbortController();

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        onRound(await sweepOnce(options, closing.signal));
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

/** One round: page after page until there is none, or `closing` is aborted. */
export async function sweepOnce(
  options: Omit<SweepOptions, 'intervalMs' | 'onRound'>,
  closing: AbortSignal,
): Promise<SweepRound> {
  const { settleOverdue, graceMs = 2_000, limit = 200, maxPages = 1_000 } = options;
  const startMs = performance.now();
  const arm = armUntilItFails(options);
  let round = { pages: 0, sessions: 0, failed: 0 };
  let after: SweepPage['next'] = null;
  do {
    const page: SweepPage = await settleOverdue({ graceMs, limit, after });
    await arm(page);
    round = {
      pages: round.pages + 1,
      sessions: round.sessions + page.sessions.length,
      failed: round.failed + page.sessions.filter(({ next }) => next.kind === 'failed').length,
    };
    after = page.next;
  } while (after !== null && round.pages < maxPages && !closing.aborted);
  return { ...round, durationMs: performance.now() - startMs };
}

/** Money first: when the queue is away, the rest of the round settles and no longer waits for the queue. */
function armUntilItFails({
  arm,
  onError,
}: Pick<SweepOptions, 'arm' | 'onError'>): (page: SweepPage) => Promise<void> {
  let works = true;
  return async ({ sessions }) => {
    const alarms = sessions.flatMap(({ sessionId, next }) =>
      next.kind === 'again' ? [{ sessionId, at: next.at }] : [],
    );
    if (!works || alarms.length === 0) return;
    try {
      await arm(alarms);
    } catch (error) {
      works = false;
      onError(new Error('Sessions were settled, but their alarms could not be armed', { cause: error }));
    }
  };
}
