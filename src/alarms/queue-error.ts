import type { Notice, QueueConnection } from './notice.ts';

const connectionCodes: ReadonlySet<unknown> = new Set([
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

const connectionMessages =
  /connection is closed|connection terminated|connection ended|timeout exceeded when trying to connect|socket closed|socket timeout|isn't writeable|cluster isn't ready|max retries per request|command timed out|read timeout/i;

/** BullMQ's numbers for: no such job, no lock on it, not in the expected state, somebody else's lock. */
const takenAwayCodes: ReadonlySet<unknown> = new Set([-1, -2, -3, -6]);

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** Whether the error says that the server is away, as opposed to an answer of the server. */
export function isConnectionError(error: unknown): boolean {
  return (
    connectionCodes.has(codeOf(error)) || (error instanceof Error && connectionMessages.test(error.message))
  );
}

/** Whether the job is gone, or in other hands, or not in the state that the operation is for. */
export const isTakenAway = (error: unknown): boolean => takenAwayCodes.has(codeOf(error));

/** What to report of an operation that failed for another reason than a lost connection. */
export function queueNotice(connection: QueueConnection, error: unknown): Notice {
  return isTakenAway(error)
    ? { kind: 'alarm_taken_away', error }
    : { kind: 'queue_error', connection, error };
}
