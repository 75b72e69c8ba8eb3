/** The fast path for activities, as src/storage/sql/touch.ts does it: one statement, and what is locked is left out. */
import type { Session } from '../../../src/billing/account.ts';
import type { SessionId } from '../../../src/billing/ids.ts';
import type { Instant } from '../../../src/billing/time.ts';
import type { Activity, Store, TouchedSession } from '../../../src/sessions/store.ts';
import type { StoredSession } from '../../kit/memory-database/tables.ts';
import type { DatabaseBug } from '../../kit/memory-database/bug.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Links, StoreSurroundings } from './links.ts';
import type { Transaction } from './server.ts';
import { never, ProcessDead, SimulatedFailure } from './failures.ts';

export function createTouch(lifecycle: Lifecycle, links: Links, around: StoreSurroundings): Store['touch'] {
  const { server, pending } = around;

  async function carryOut(
    statement: Transaction,
    activities: readonly Activity[],
  ): Promise<readonly (TouchedSession | null)[]> {
    const wanted = new Set(activities.map(({ appointmentId }) => appointmentId));
    const found = [...server.database.tables().sessions.values()]
      .filter(({ session }) => session.state === 'active' && wanted.has(session.appointmentId))
      .map(({ session }) => session.id)
      .filter((id) => !server.isTaken(`session ${id}`));
    for (const id of found) await statement.lock(`session ${id}`);
    const now = server.now();
    // From here to the answer nothing but the disk is waited for, and other sessions' activities may overtake this.
    await around.schedule.pause(around.hopMs());
    statement.assertOpen();
    const fault = pending.take('touch_fails');
    if (fault?.counts === false) throw new SimulatedFailure('lost', 'the connection broke');
    const touched = write(activities, found, now, around);
    statement.end();
    if (fault !== null) throw new SimulatedFailure('lost', 'the connection broke after the statement');
    return touched;
  }

  return async (activities) => {
    try {
      await links.there();
      const statement = server.begin(lifecycle);
      statement.hand();
      try {
        const touched = await carryOut(statement, activities);
        await links.home();
        return touched;
      } finally {
        statement.end();
      }
    } catch (error) {
      if (error instanceof ProcessDead || lifecycle.isDead()) return never();
      throw error;
    }
  };
}

function write(
  activities: readonly Activity[],
  locked: readonly SessionId[],
  now: Instant,
  { server, bug, judge, tell }: StoreSurroundings,
): readonly (TouchedSession | null)[] {
  const { database } = server;
  const rows = locked.map((id) => database.tables().sessions.get(id));
  return activities.map((activity) => {
    const row = rows.find((each) => each?.session.appointmentId === activity.appointmentId);
    if (row === undefined || !isAccepted(row, activity, now, bug)) return null;
    const { id } = row.session;
    const at = database.touch(id, now);
    tell(`an activity of session ${id} takes the fast path`);
    judge.touched({ now, session: row.session, lastActivityAt: at, caller: activity.caller });
    return { sessionId: id, lastActivityAt: at, movesEnd: row.session.policy.idleMs !== null };
  });
}

function isAccepted(
  { session, nextDeadlineAt }: StoredSession,
  { caller }: Activity,
  now: Instant,
  bug: DatabaseBug | null,
): boolean {
  if (session.state === 'ended' || nextDeadlineAt === null) return false;
  const isDue = bug === 'touch_at_the_deadline' ? nextDeadlineAt < now : nextDeadlineAt <= now;
  return !isDue && (hasWritten(session, caller) || bug === 'touch_of_a_first_activity');
}

const hasWritten = (session: Session, caller: number): boolean =>
  (session.patientId === caller && session.hasPatientActivity) ||
  (session.doctorId === caller && session.hasDoctorActivity);
