import type { Notice, Report } from './notices.ts';

/** Since when the queue is away, as its connection tells. */
export interface QueueOutage {
  readonly report: Report;
  /** Since 1970; null where it is there, as far as we know. */
  readonly lostAtMs: () => number | null;
}

/** For one connection to Redis. PostgreSQL does not tell when a connection is back. */
export function createQueueOutage(nowMs: () => number = Date.now): QueueOutage {
  let lostAtMs: number | null = null;
  return {
    report: ({ kind }: Notice) => {
      if (kind === 'connection_lost') lostAtMs ??= nowMs();
      if (kind === 'connection_restored') lostAtMs = null;
    },
    lostAtMs: () => lostAtMs,
  };
}
