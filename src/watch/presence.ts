import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import product from '../../package.json' with { type: 'json' };
import { sleep } from '../async/sleep.ts';
import { withTimeout } from '../async/timeout.ts';

/** This process, as its row in the database describes it. */
export interface ThisProcess {
  /** A UUID, made at its start. */
  readonly id: string;
  readonly kind: 'api' | 'worker';
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

/** Where the running processes are stored. Each call is one statement; it rejects where the database is away. */
export interface ProcessStore {
  /** `uptimeMs`: how long ago the process began. */
  readonly see: (self: ThisProcess, uptimeMs: number) => Promise<void>;
  readonly stop: (id: string) => Promise<void>;
  /** Those that were seen last more than 90 days ago. */
  readonly removeOld: () => Promise<void>;
}

export interface Presence {
  readonly self: ThisProcess;
  /** When the database last answered this process, since 1970; null where it never has. */
  readonly seenAtMs: () => number | null;
  /** Writes that the process has stopped: within a second, or not at all. Never rejects. Safe to repeat. */
  readonly close: () => Promise<void>;
}

export const VERSION = product.version;

const EVERY_MS = 2_000;
const REMOVE_EVERY_MS = 3_600_000;
const STOP_TIMEOUT_MS = 1_000;

/**
 * Writes every two seconds, into the database, that this process is running; a worker also removes old rows, once an hour.
 * While the database is away it reports nothing: others do.
 */
export function startPresence(kind: ThisProcess['kind'], store: ProcessStore, everyMs = EVERY_MS): Presence {
  const self = { id: randomUUID(), kind, host: hostname(), pid: process.pid, version: VERSION };
  const beganMs = performance.now();
  const closing = new AbortController();
  let seenAtMs: number | null = null;
  let removedMs = Number.NEGATIVE_INFINITY;

  async function write(): Promise<void> {
    await store.see(self, performance.now() - beganMs);
    seenAtMs = Date.now();
    if (kind !== 'worker' || performance.now() - removedMs < REMOVE_EVERY_MS) return;
    removedMs = performance.now();
    await store.removeOld();
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const nextMs = performance.now() + everyMs;
      await write().catch(() => {});
      await sleep(Math.max(0, nextMs - performance.now()), closing.signal);
    }
    await store.stop(self.id);
  }

  const running = run();
  // Awaited at the close only.
  running.catch(() => {});
  return {
    self,
    seenAtMs: () => seenAtMs,
    close: async () => {
      closing.abort();
      await withTimeout(running, STOP_TIMEOUT_MS, 'the database is away').catch(() => {});
    },
  };
}
