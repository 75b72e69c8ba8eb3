/** What comes after the end of a socket, by the close codes of the contract. Pure. */
import { backOffMs } from './time.ts';

export interface Ending {
  /** Of the close frame, or of the `bye` before it; 1006 where there was neither. */
  readonly code: number;
  readonly reason: string;
  /** What a `bye` asked for. */
  readonly reconnect_after_ms?: number | null;
  /** Whether there was a welcome. */
  readonly isWelcome: boolean;
}

export type Mode = 'connecting' | 'live' | 'offline' | 'polling' | 'signed_out';

/** All of them in a row. */
export interface Counts {
  /** Back to 0 only after ten seconds of welcome. */
  tries: number;
  /** Sockets without a welcome. */
  failures: number;
  /** Tokens that were refused. */
  refusals: number;
}

export const noCounts = (): Counts => ({ tries: 0, failures: 0, refusals: 0 });

const FAILURES_BEFORE_POLLING = 3;
const SOCKET_AGAIN_MS = 60_000;
const TOO_MANY_WAIT_MS = 5_000;

/**
 * The mode to be in, and when to connect again; Infinity: not by itself. Counts the ending.
 * @param random from 0 to 1
 */
export function afterEnd(
  counts: Counts,
  ending: Ending,
  random: number,
): readonly [mode: Mode, afterMs: number] {
  const { code, reconnect_after_ms: askedMs, isWelcome } = ending;
  // A frame of this client was malformed: a bug.
  if (code === 1009 || code === 4400) return ['offline', Infinity];
  if (code === 4401) {
    counts.refusals += 1;
    // A new token once; refused again, the user has to sign in.
    return counts.refusals > 1 ? ['signed_out', Infinity] : ['connecting', 0];
  }
  const waitMs = Math.max(
    askedMs ?? 0,
    code === 4429 ? TOO_MANY_WAIT_MS : 0,
    backOffMs(counts.tries, random),
  );
  counts.tries += 1;
  counts.failures = isWelcome ? 0 : counts.failures + 1;
  if (counts.failures >= FAILURES_BEFORE_POLLING) return ['polling', SOCKET_AGAIN_MS];
  // On a stop the server itself spreads those who come back.
  return [isWelcome ? 'connecting' : 'offline', code === 1001 ? (askedMs ?? waitMs) : waitMs];
}
