import type { Session } from '../billing/account.ts';
import { nextDeadline } from '../billing/order.ts';
import type { Instant } from '../billing/time.ts';
import { type Alarm, alarmFor } from './alarms.ts';
import type { Loaded, SessionRow, Writes } from './store.ts';
import type { Recorded } from './unit-of-work.ts';

/** What has to be written so that the database holds what a batch recorded. Rows that did not change are left out. */
export function writesOf(loaded: Loaded, recorded: Recorded): Writes {
  const loadedAccounts = new Map(loaded.accounts.map((account) => [account.patientId, account]));
  const grants = [];
  const sessions = [];
  for (const { account, accountNow } of recorded.accounts.values()) {
    const old = loadedAccounts.get(account.patientId);
    const oldGrants = new Map(old?.grants.map((grant) => [grant.id, grant]));
    const oldSessions = new Map(old?.sessions.map((session) => [session.id, session]));
    for (const grant of account.grants) {
      const before = oldGrants.get(grant.id);
      if (grant !== before) grants.push({ grant, isNew: before === undefined });
    }
    for (const session of account.sessions) {
      const row = sessionRow(session, oldSessions.get(session.id), loaded, recorded, accountNow);
      if (row !== null) sessions.push(row);
    }
  }
  const { entries, events, messages, actions } = recorded;
  const appointments = [...recorded.appointments.values()];
  return { appointments, grants, sessions, entries, events, messages, actions };
}

export const isEmpty = (writes: Writes): boolean => Object.values(writes).every((rows) => rows.length === 0);

function sessionRow(
  session: Session,
  old: Session | undefined,
  loaded: Loaded,
  recorded: Recorded,
  now: Instant,
): SessionRow | null {
  const counters = loaded.counters.get(session.id);
  const stored = counters?.nextDeadlineAt ?? null;
  const nextDeadlineAt =
    session.state === 'active' ? storedDeadline(stored, nextDeadline(session), now) : null;
  const endRecordedAt = session.state === 'active' ? null : (counters?.endRecordedAt ?? now);
  const eventCount = recorded.eventCounts.get(session.id) ?? counters?.eventCount ?? 0;
  const messageCount = recorded.messageCounts.get(session.id) ?? counters?.messageCount ?? 0;
  const isUntouched = session === old && nextDeadlineAt === stored;
  return isUntouched
    ? null
    : { session, isNew: old === undefined, nextDeadlineAt, endRecordedAt, eventCount, messageCount };
}

/**
 * The deadline to store: never later than the true one. A deadline that was postponed is left as it is stored, which
 * saves an update of the index and an alarm; when its alarm rings, the session is settled and the true one stored.
 */
const storedDeadline = (stored: Instant | null, due: Instant, now: Instant): Instant =>
  stored !== null && now < stored && stored <= due ? stored : due;

/**
 * The alarms that a commit calls for: one for each deadline that it stored and that was not stored before. The alarm of
 * a deadline that is no more may ring all the same, and finds nothing due.
 */
export function alarmsAfter(loaded: Loaded, writes: Writes): readonly Alarm[] {
  return writes.sessions.flatMap(({ session, nextDeadlineAt: at }) =>
    at === null || at === loaded.counters.get(session.id)?.nextDeadlineAt ? [] : [alarmFor(session, at)],
  );
}
