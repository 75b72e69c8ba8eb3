import type { Notice, QueueConnection, Report } from './notices.ts';

/** The queue can never be used as it is set up: somebody has to change a setting. The message says which. */
export class QueueSetupError extends Error {
  override readonly name = 'QueueSetupError';
}

const CONNECTION_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  // PostgreSQL: class 08, and the server going down or coming up.
  '08000',
  '08003',
  '08006',
  '57P01',
  '57P02',
  '57P03',
  // It is a standby, or read-only: a connection to it counts as none.
  '25006',
]);

const CONNECTION_MESSAGES =
  /connection is closed|connection terminated|connection ended|timeout exceeded when trying to connect|socket closed|socket timeout|isn't writeable|cluster isn't ready|max retries per request|command timed out|read timeout/i;

/** BullMQ's numbers for: no such job, no lock on it, not in the expected state, somebody else's lock. */
const TAKEN_AWAY_CODES: ReadonlySet<unknown> = new Set([-1, -2, -3, -6]);

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** Whether the error says that the server is away, as opposed to an answer of the server. */
export function isConnectionError(error: unknown): boolean {
  return (
    CONNECTION_CODES.has(codeOf(error)) || (error instanceof Error && CONNECTION_MESSAGES.test(error.message))
  );
}

/** Whether the job is gone, or another worker has it, or it is not in the state that the operation is for. */
export const isTakenAway = (error: unknown): boolean => TAKEN_AWAY_CODES.has(codeOf(error));

/** What to report of an operation that failed for another reason than a lost connection. */
export function queueNotice(connection: QueueConnection, error: unknown): Notice {
  return isTakenAway(error)
    ? { kind: 'alarm_taken_away', error }
    : { kind: 'queue_error', connection, error };
}

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
const SAME_ERROR_MS = 10_000;

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
      if (message === lastError.message && atMs - lastError.atMs < SAME_ERROR_MS) return;
      lastError = { message, atMs };
      report(queueNotice(connection, error));
    },
    stop() {
      state = 'stopped';
    },
  };
}
