import type { Log } from '../src/alarms/notices.ts';
import { sleep } from '../src/async/sleep.ts';
import type { Auditing } from '../src/engine.ts';

export interface NightlyAuditOptions extends Pick<Auditing, 'night' | 'runs'> {
  readonly log: Log;
}

export interface NightlyAudit {
  /** Audits the night that is due at this hour (UTC), if no other worker has or does. What the board shows is the answer. */
  readonly run: (atHour: number) => Promise<object>;
  /**
   * From now on asks every minute, give or take a fifth, whether a night is due: so that it is audited although the
   * queue, in which it is a job, is away or paused. Null = never.
   */
  readonly start: (atHour: number | null, intervalMs?: number) => void;
  /** Begins nothing more; an audit under way stops after its page and is left to another worker. */
  readonly close: () => Promise<void>;
}

/** At most as many differences of one night are logged one by one. */
const LOGGED_DIFFERENCES = 100;
const INTERVAL_MS = 60_000;

/**
 * Once a night, by the worker that comes first. A night that nobody audited, because no worker ran, is caught up with
 * by the first that does. What it found is kept in the database.
 */
export function createNightlyAudit({ night: audit, runs, log }: NightlyAuditOptions): NightlyAudit {
  const closing = new AbortController();
  let asking = Promise.resolve();

  async function run(atHour: number): Promise<object> {
    let found = 0;
    const outcome = await audit({
      atHour,
      onDifference: (difference) => {
        found += 1;
        if (found <= LOGGED_DIFFERENCES) log.warn({ difference }, 'The audit found a difference');
      },
      isStopped: () => closing.signal.aborted,
    });
    switch (outcome.kind) {
      case 'not_due': {
        const [last] = await runs(1);
        return { note: 'no night is due: it is audited, or another worker is at it', last: last ?? null };
      }
      case 'given_up':
        log.info({ night: outcome.night }, 'The audit of the night was left to another worker');
        return { night: outcome.night, note: 'left to another worker: this one stops' };
      case 'audited': {
        const { night, summary } = outcome;
        if (summary.differences === 0)
          log.info({ night, ...summary }, 'The audit of the night found nothing wrong');
        else
          log.error({ night, ...summary }, 'The audit of the night found differences: see docs/auditing.md');
        return { night, ...summary };
      }
    }
  }

  async function ask(atHour: number, intervalMs: number): Promise<void> {
    for (;;) {
      await sleep(intervalMs * (0.8 + Math.random() * 0.4), closing.signal);
      if (closing.signal.aborted) return;
      try {
        await run(atHour);
      } catch (error) {
        log.warn({ err: error }, 'The audit of the night broke off; it is tried again in ten minutes');
      }
    }
  }

  return {
    run,
    start: (atHour, intervalMs = INTERVAL_MS) => {
      if (atHour !== null) asking = ask(atHour, intervalMs);
    },
    close: async () => {
      closing.abort();
      await asking;
    },
  };
}
