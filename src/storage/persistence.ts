import { setTimeout as pause } from 'node:timers/promises';
import { withRetries, type RetryOptions } from '../sessions/retry.ts';
import { failureOf } from './errors.ts';

/** Thrown where what was found turned out to be out of date: the same again finds the new state. */
export class OutOfDate extends Error {
  override readonly name = 'OutOfDate';
}

const PERSISTENCE: RetryOptions = {
  failureOf: (error) => (error instanceof OutOfDate ? 'retry' : failureOf(error)),
  steadyMs: () => performance.now(),
  pause: (delayMs) => pause(delayMs),
  random: Math.random,
};

/** Tries again what may well succeed the next time, and throws as `withRetries` says. Only for what is safe to do twice. */
export const persistently = <T>(attempt: () => Promise<T>): Promise<T> => withRetries(attempt, PERSISTENCE);
