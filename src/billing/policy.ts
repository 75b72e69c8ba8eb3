/**
 * R13 Snapshot. A session carries the policy that it started under until its end; a change of settings
 * reaches only sessions that start afterwards. The balance is no part of it: that is always live.
 */
export interface Policy {
  /** I: the length of a block. 1 s or more. */
  readonly intervalMs: number;
  /** F: somebody has to write within this time of the start (R5). Never more than `intervalMs`. */
  readonly firstActivityMs: number;
  /** What a session costs in which nobody wrote (R5). */
  readonly noActivityUnits: 0 | 1;
  /** A block of which no more than this has run costs nothing when a participant ends in it (R6). */
  readonly endGraceMs: number;
  /** R8; null = off. */
  readonly idleMs: number | null;
  /** R9; null = off. */
  readonly doctorResponseMs: number | null;
  /** R10; null = off. */
  readonly maxDurationMs: number | null;
}

/** What is asked at the start only (R2), and so is no part of the snapshot. */
export interface StartWindow {
  /** How long before the appointed time a session may start. */
  readonly earlyStartMs: number;
  /** How long after the appointed time it may still start; null = for ever. */
  readonly startWindowMs: number | null;
}

/** No time in a policy is longer than a year. */
export const MAX_POLICY_SECONDS = 31_536_000;

/** What is wrong with a policy, in words for the person who set it. */
export interface PolicyFlaw {
  readonly part: keyof Policy;
  readonly words: string;
}

/** The first thing that is wrong; null where the policy is sound. */
export function flawOf(policy: Policy): PolicyFlaw | null {
  if (!Number.isSafeInteger(policy.intervalMs) || policy.intervalMs < 1000)
    return { part: 'intervalMs', words: 'the interval must be at least 1 s' };
  const { firstActivityMs, endGraceMs } = policy;
  if (!Number.isSafeInteger(firstActivityMs) || firstActivityMs < 1)
    return { part: 'firstActivityMs', words: 'the time for the first activity must be positive' };
  if (firstActivityMs > policy.intervalMs)
    return {
      part: 'firstActivityMs',
      words: 'the time for the first activity must not be longer than the interval',
    };
  if (!Number.isSafeInteger(endGraceMs) || endGraceMs < 0)
    return { part: 'endGraceMs', words: 'the end grace must be 0 or more' };
  if (endGraceMs >= policy.intervalMs)
    return { part: 'endGraceMs', words: 'the end grace must be shorter than the interval' };
  if (!isPositive(policy.idleMs))
    return { part: 'idleMs', words: 'the idle time must be positive, or left out' };
  if (!isPositive(policy.doctorResponseMs))
    return { part: 'doctorResponseMs', words: "the doctor's response time must be positive, or left out" };
  if (!isPositive(policy.maxDurationMs))
    return { part: 'maxDurationMs', words: 'the longest duration must be positive, or left out' };
  return null;
}

const isPositive = (value: number | null): boolean =>
  value === null || (Number.isSafeInteger(value) && value > 0);
