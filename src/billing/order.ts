import type { ActiveSession } from './account.ts';
import { completedBlock } from './blocks.ts';
import type { DeadlineRule } from './deadline-rule.ts';
import { doctorSilent } from './doctor-silent.ts';
import { nextBlock } from './next-block.ts';
import { idle } from './idle.ts';
import { longestSession } from './longest-session.ts';
import { noActivity } from './no-activity.ts';
import { earliest, type Instant } from './time.ts';

/**
 * R11 Order. Deadlines apply in time order; at one instant in this order. Sessions of one patient that are due
 * at the same instant: one after the other, lowest id first.
 */
export const rulesInOrder: readonly DeadlineRule[] = [
  doctorSilent,
  noActivity,
  completedBlock,
  idle,
  longestSession,
  nextBlock,
];

/** The next instant at which the session must change by itself. An active session always has one: its boundary. */
export function nextDeadline(session: ActiveSession): Instant {
  const deadline = earliest(rulesInOrder.map((rule) => rule.deadlineOf(session)));
  if (deadline === null) throw new Error(`active session ${session.id} has no deadline`);
  return deadline;
}

/** The session that is due first among these, and when; null where none is due at `now`. */
export function firstDue(
  sessions: readonly ActiveSession[],
  now: Instant,
): { readonly session: ActiveSession; readonly at: Instant } | null {
  let first: { session: ActiveSession; at: Instant } | null = null;
  for (const session of sessions) {
    const at = nextDeadline(session);
    if (at > now) continue;
    if (first === null || at < first.at || (at === first.at && session.id < first.session.id))
      first = { session, at };
  }
  return first;
}
