import type { ActiveSession, EndReason, Grant } from './account.ts';
import type { DeadlineRule } from './deadline-rule.ts';
import { doctorSilent } from './doctor-silent.ts';
import { fundedUntil } from './funded-until.ts';
import { idle } from './idle.ts';
import { longestSession } from './longest-session.ts';
import { noActivity } from './no-activity.ts';
import type { Instant } from './time.ts';

/** The rules that end a session at an instant known beforehand, in R11's order, and the reason that each gives. */
const endingRules: readonly (readonly [rule: DeadlineRule, reason: EndReason])[] = [
  [doctorSilent, 'doctor_no_response'],
  [noActivity, 'no_activity'],
  [idle, 'idle_timeout'],
  [longestSession, 'max_duration'],
];

export interface ExpectedEnd {
  readonly at: Instant;
  readonly reason: EndReason;
}

/**
 * When and why the session ends if nobody writes, ends it or tops up: the earliest pending deadline of R5, R8, R9 and
 * R10, or R4 where the units run out before. At one instant R11's order decides. Like `fundedUntil` it supposes that
 * no other session of the patient takes a unit meanwhile.
 */
export function expectedEnd(session: ActiveSession, grants: readonly Grant[]): ExpectedEnd {
  let first: ExpectedEnd | null = null;
  for (const [rule, reason] of endingRules) {
    const at = rule.deadlineOf(session);
    if (at !== null && (first === null || at < first.at)) first = { at, reason };
  }
  const exhaustedAt = fundedUntil(session, grants);
  return first === null || exhaustedAt < first.at ? { at: exhaustedAt, reason: 'balance_exhausted' } : first;
}
