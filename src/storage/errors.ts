import { setTimeout as pause } from 'node:timers/promises';
import { type DatabaseFailure, type RetryOptions, withRetries } from '../sessions/retry.ts';
import { TooSlow } from '../sessions/store.ts';
import { READ_ONLY } from './primary-only.ts';

/** How to treat the error of a statement. */
export function databaseFailureOf(error: unknown): DatabaseFailure {
  const code = sqlStateOf(error);
  if (code === null) return isLostConnection(error) ? 'lost' : 'refused';
  if (RETRY.has(code)) return 'retry';
  if (code === LOCK_NOT_AVAILABLE) return 'busy';
  const isLost = LOST.has(code) || LOST_CLASSES.some((begin) => code.startsWith(begin));
  return isLost ? 'lost' : 'refused';
}

/** Serialization failure and deadlock (PostgreSQL, appendix A). */
const RETRY = new Set(['40001', '40P01']);
const LOCK_NOT_AVAILABLE = '55P03';
/** query_canceled: a statement that took too long. */
const CANCELED = '57014';
/** Beside that: a transaction that idled; a disk that fails; a server that is read-only. */
const LOST = new Set([CANCELED, '25P03', '58030', READ_ONLY]);
/** Whole classes: connections; resources (disk full, out of memory, too many connections); an operator's interruption. */
const LOST_CLASSES = ['08', '53', '57P'];

/** Prisma's own codes for a server that cannot be reached, a connection that broke and a transaction that timed out. */
const PRISMA_LOST = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037', 'P2034']);
const SOCKET_LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);
/** What the driver adapter says while no query is under way: at BEGIN, COMMIT and connect. */
const ADAPTER_LOST = new Set([
  'ConnectionClosed',
  'DatabaseNotReachable',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
  'TransactionAlreadyClosed',
]);
const LOST_WORDS =
  /connection terminated|connection ended|timeout exceeded when trying to connect|query read timeout|server closed the connection|not queryable|socket hang up|can't reach database/i;

function isLostConnection(error: unknown): boolean {
  for (const cause of causesOf(error)) {
    const { code, kind } = cause;
    if (typeof kind === 'string' && ADAPTER_LOST.has(kind)) return true;
    if (typeof code === 'string' && (PRISMA_LOST.has(code) || SOCKET_LOST.has(code))) return true;
    if (typeof cause['message'] === 'string' && LOST_WORDS.test(cause['message'])) return true;
  }
  return false;
}

/** The five characters by which PostgreSQL names an error; null where it is none of its. */
export function sqlStateOf(error: unknown): string | null {
  for (const cause of causesOf(error)) {
    const { originalCode } = cause;
    if (typeof originalCode === 'string' && originalCode.length === 5) return originalCode;
    const { code } = cause;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('P')) return code;
  }
  return null;
}

/** An error and its causes, in each of the fields where Prisma puts them. */
function* causesOf(error: unknown): Generator<Readonly<Record<string, unknown>>> {
  const waiting: unknown[] = [error];
  for (let seen = 0; seen < 20 && waiting.length > 0; seen += 1) {
    const cause = waiting.shift();
    if (!isRecord(cause)) continue;
    yield cause;
    waiting.push(cause['cause'], cause['meta'], cause['driverAdapterError']);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Thrown where what was found turned out to be out of date: the same again finds the new state. */
export class OutOfDate extends Error {
  override readonly name = 'OutOfDate';
}

function failureOf(error: unknown): DatabaseFailure {
  if (error instanceof OutOfDate) return 'retry';
  return error instanceof TooSlow ? 'refused' : databaseFailureOf(error);
}

const RETRIES: RetryOptions = {
  failureOf,
  steadyMs: () => performance.now(),
  pause: (delayMs) => pause(delayMs),
  random: Math.random,
};

/** Tries again what may well succeed the next time, and throws as `withRetries` says. Only for what is safe to do twice. */
export const retrying = <T>(attempt: () => Promise<T>): Promise<T> => withRetries(attempt, RETRIES);

/** The same for the console: what took too long is not asked again. @throws TooSlow */
export const retryingUnlessSlow = <T>(attempt: () => Promise<T>): Promise<T> =>
  retrying(async () => {
    try {
      return await attempt();
    } catch (error) {
      if (sqlStateOf(error) === CANCELED)
        throw new TooSlow('a statement took longer than the console may', { cause: error });
      throw error;
    }
  });
