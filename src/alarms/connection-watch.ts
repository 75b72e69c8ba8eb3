import type { QueueConnection, Report } from './notice.ts';
import { isConnectionError, queueNotice } from './queue-error.ts';

/** Reports that a connection was lost, or works again: each change once, however many attempts lie between. */
export interface ConnectionWatch {
  readonly works: () => void;
  readonly lost: (error: unknown) => void;
  /** An operation failed. If that was for the connection, nothing is said here: that is for `lost`. */
  readonly failed: (error: unknown) => void;
  /** From now on nothing is reported: we are closing the connection ourselves. */
  readonly stop: () => void;
}

/** BullMQ repeats a failing operation at once, so the same error is reported again only after this time. */
const sameErrorMs = 10_000;

export function createConnectionWatch(connection: QueueConnection, report: Report): ConnectionWatch {
  let state: 'up' | 'down' | 'stopped' = 'up';
  let lastError = { message: '', atMs: 0 };

  return {
    works() {
      if (state !== 'down') return;
      state = 'up';
      report({ kind: 'connection_restored', connection });
    },
    lost(error) {
      if (state !== 'up') return;
      state = 'down';
      report({ kind: 'connection_lost', connection, error });
    },
    failed(error) {
      // While the connection is down, whatever else fails is a consequence.
      if (state !== 'up' || isConnectionError(error)) return;
      const message = String(error);
      const atMs = performance.now();
      if (message === lastError.message && atMs - lastError.atMs < sameErrorMs) return;
      lastError = { message, atMs };
      report(queueNotice(connection, error));
    },
    stop() {
      state = 'stopped';
    },
  };
}
