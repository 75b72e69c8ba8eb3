import type { OpenConsumer } from './backend.ts';
import type { Report } from './notice.ts';
import type { Turns } from './turns.ts';

export interface WatchdogOptions {
  readonly open: () => Promise<OpenConsumer>;
  readonly turns: Turns;
  /** A consumer that had no turn for so long is replaced. */
  readonly silentMs: number;
  readonly report: Report;
}

export interface WatchedConsumer {
  readonly close: (looksDone: () => Promise<void>) => Promise<void>;
}

const everyMs = 1_000;

/** A check that comes so late was kept from coming: this process stood still, not the queue. */
const stoodStillMs = 3_000;

/**
 * Opens a consumer, and another in its place whenever its loop stands still: without waiting for the old one, for
 * whatever hangs there may hang for ever. What the old one had in hand rings again when its lease or lock is over.
 */
export async function watchConsumer(options: WatchdogOptions): Promise<WatchedConsumer> {
  const { open, turns, silentMs, report } = options;
  let consumer = await open();
  let watchedFromMs = performance.now();
  let checkedAtMs = watchedFromMs;
  let replacing: Promise<void> | null = null;

  async function replace(): Promise<void> {
    report({ kind: 'consumer_replaced', silentMs: Math.round(turns.oldestMs()) });
    consumer.abandon();
    try {
      consumer = await open();
    } catch (error) {
      report({ kind: 'queue_error', connection: 'worker', error });
    }
    watchedFromMs = performance.now();
    replacing = null;
  }

  function check(): void {
    const nowMs = performance.now();
    const sinceCheckMs = nowMs - checkedAtMs;
    checkedAtMs = nowMs;
    if (replacing !== null) return;
    if (sinceCheckMs > stoodStillMs || consumer.isFull()) watchedFromMs = nowMs;
    if (Math.min(turns.oldestMs(), nowMs - watchedFromMs) > silentMs) replacing = replace();
  }

  const timer = setInterval(check, everyMs);
  return {
    close: async (looksDone) => {
      clearInterval(timer);
      await replacing;
      await consumer.close(looksDone);
    },
  };
}
