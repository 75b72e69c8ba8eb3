import type { Auditing } from '../src/engine.ts';
import type { Log } from '../src/alarms/notice-log.ts';

export interface NightlyAuditOptions {
  /** Audits the night that is due, if no other worker has or does. */
  readonly night: Auditing['night'];
  /** In UTC; null = never. */
  readonly atHour: number | null;
  readonly log: Log;
  /** Between two looks at whether a night is due, give or take a fifth. @default 60_000 */
  readonly intervalMs?: number;
}

export interface NightlyAudit {
  /** Begins nothing more; an audit under way stops after its page and is left to another worker. */
  readonly close: () => Promise<void>;
}

/** So many differences of one night are logged one by one. */
const LOGGED_DRIFT = 100;

/**
 * Once a night, whichever worker comes first. A night that nobody audited, because no worker ran, is caught up with
 * by the first that does. What it found is kept in the database.
 */
export function startNightlyAudit(options: NightlyAuditOptions): NightlyAudit {
  const { atHour, intervalMs = 60_000, log } = options;
  const closing = new AbortController();

  async function run(hour: number): Promise<void> {
    for (;;) {
      await pause(intervalMs * (0.8 + Math.random() * 0.4), closing.signal);
      if (closing.signal.aborted) return;
      try {
        await auditIfDue(hour, options, closing.signal);
      } catch (error) {
        log.warn({ err: error }, 'The audit of the night broke off; it is tried again in ten minutes');
      }
    }
  }

  const running = atHour === null ? Promise.resolve() : run(atHour);
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

async function auditIfDue(
  atHour: number,
  { night: audit, log }: NightlyAuditOptions,
  closing: AbortSignal,
): Promise<void> {
  let found = 0;
  const outcome = await audit({
    atHour,
    onDrift: (drift) => {
      found += 1;
      if (found <= LOGGED_DRIFT) log.warn({ drift }, 'The audit found a difference');
    },
    isStopped: () => closing.aborted,
  });
  switch (outcome.kind) {
    case 'not_due':
      return;
    case 'given_up':
      log.info({ night: outcome.night }, 'The audit of the night was left to another worker');
      return;
    case 'audited': {
      const { night, summary } = outcome;
      if (summary.differences === 0)
        log.info({ night, ...summary }, 'The audit of the night found nothing wrong');
      else log.error({ night, ...summary }, 'The audit of the night found differences: see docs/auditing.md');
    }
  }
}

function pause(delayMs: number, closing: AbortSignal): Promise<void> {
  if (closing.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      closing.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    closing.addEventListener('abort', end);
  });
}
