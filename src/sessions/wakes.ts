import { activeSessions } from '../billing/account.ts';
import type { AppointmentId } from '../billing/ids.ts';
import type { Writes } from './store.ts';
import type { Recorded } from './unit-of-work.ts';

/**
 * Whose followers should read again after a commit, and why. It carries no state: they read the log and the account, so
 * a wake that is lost costs time and one that is doubled costs a read.
 */
export interface Wakes {
  /** The session's log has grown. */
  readonly log: readonly AppointmentId[];
  /** The grants or holds of the account have changed. */
  readonly account: readonly AppointmentId[];
  /** A message moved the end of the session (R8). */
  readonly activity: readonly AppointmentId[];
}

export type WakeReason = keyof Wakes;
export const WAKE_REASONS = ['log', 'account', 'activity'] as const satisfies readonly WakeReason[];

/** Called after a commit. May not throw. */
export type WakeFollowers = (wakes: Wakes) => void;

/** What a batch calls for, once it is committed; null where that is nothing. */
export function wakesAfter({ accounts, events }: Recorded, { grants, sessions }: Writes): Wakes | null {
  const logged = new Set(events.map(({ sessionId }) => sessionId));
  const log = sessions.flatMap(({ session }) => (logged.has(session.id) ? [session.appointmentId] : []));
  const touched = new Set(grants.map(({ grant }) => grant.patientId));
  const account = [...touched].flatMap((patientId) => {
    const settled = accounts.get(patientId);
    return settled === undefined
      ? []
      : activeSessions(settled.account).map(({ appointmentId }) => appointmentId);
  });
  return log.length === 0 && account.length === 0 ? null : { log, account, activity: [] };
}
