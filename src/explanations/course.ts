import type { Session } from '../billing/account.ts';
import { blockStart } from '../billing/blocks.ts';
import { after, elapsedMs, type Instant } from '../billing/time.ts';
import type { ReceiptEntry } from '../sessions/receipt.ts';
import { duration } from './duration.ts';
import type { Audience } from './explanation.ts';

/** What places an instant in a session: when it started, and under which policy. */
export type Course = Pick<Session, 'startedAt' | 'policy'>;

/** The number of the block that was charged or given back. @throws Error where the entry is of no block: a bug. */
export function blockNo({ intervalNo, kind }: Pick<ReceiptEntry, 'intervalNo' | 'kind'>): number {
  if (intervalNo === null) throw new Error(`a ${kind} of no block`);
  return intervalNo;
}

/** `10:10:00 to 10:20:00`. */
export function spanOfBlock(course: Course, block: number, { at }: Audience): string {
  return `${at(blockStart(course, block - 1))} to ${at(blockStart(course, block))}`;
}

/** `4 min 10 s into block 3`. */
export const intoBlock = (course: Course, block: number, at: Instant): string =>
  `${duration(elapsedMs(blockStart(course, block - 1), at))} into block ${block}`;

// How an end begins its sentence. A session that ended by a rule has that rule in its policy.

export const nobodyWrote = ({ policy }: Course, endedAt: Instant, { at }: Audience): string =>
  `Nobody wrote in the first ${duration(policy.firstActivityMs)}, so the session ended at ${at(endedAt)}`;

export function nobodyWroteFor({ policy }: Course, endedAt: Instant, { at }: Audience): string {
  const idleMs = policy.idleMs ?? 0;
  const last = at(after(endedAt, -idleMs));
  return `Nobody wrote for ${duration(idleMs)} after ${last}, so the session ended at ${at(endedAt)}`;
}

export const reachedLongest = ({ policy }: Course, endedAt: Instant, { at }: Audience): string =>
  `The session reached its longest time of ${duration(policy.maxDurationMs ?? 0)} at ${at(endedAt)}`;

export const doctorWasSilent = ({ policy }: Course): string =>
  `The doctor did not answer within ${duration(policy.doctorResponseMs ?? 0)}`;
