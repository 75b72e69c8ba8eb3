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

const positive = (value: number | null): boolean =>
  value === null || (Number.isSafeInteger(value) && value > 0);

/** The first thing that is wrong with a policy, in words for the person who set it; null where it is sound. */
export function flawOf(policy: Policy): string | null {
  if (!Number.isSafeInteger(policy.intervalMs) || policy.intervalMs < 1000)
    return 'the interval must be at least 1 s';
  if (!Number.isSafeInteger(policy.firstActivityMs) || policy.firstActivityMs < 1)
    return 'the time for the first activity must be positive';
  if (policy.firstActivityMs > policy.intervalMs)
    return 'the time for the first activity must not be longer than the interval';
  if (!Number.isSafeInteger(policy.endGraceMs) || policy.endGraceMs < 0)
    return 'the end grace must be 0 or more';
  if (policy.endGraceMs >= policy.intervalMs) return 'the end grace must be shorter than the interval';
  if (!positive(policy.idleMs)) return 'the idle time must be positive, or left out';
  if (!positive(policy.doctorResponseMs)) return "the doctor's response time must be positive, or left out";
  if (!positive(policy.maxDurationMs)) return 'the longest duration must be positive, or left out';
  return null;
}
