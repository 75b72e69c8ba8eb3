import { type Appointment, type Session, sessionOf } from '../billing/account.ts';
import type { AppointmentId, SessionId } from '../billing/ids.ts';
import type { Instant } from '../billing/time.ts';
import type { ConsoleStore, SessionFilter } from './console-store.ts';
import type { Page } from './page.ts';
import type { Loaded } from './store.ts';
import { openUnitOfWork, type Work } from './unit-of-work.ts';

/** What staff can ask beside one session and one balance: lists and figures. */
export interface ConsoleReads extends Pick<
  ConsoleStore,
  'ledger' | 'entry' | 'find' | 'days' | 'history' | 'now'
> {
  readonly sessions: (filter: SessionFilter) => Promise<Page<SessionRecord, SessionId>>;
  readonly appointment: (id: AppointmentId) => Promise<BookedAppointment | null>;
}

/** An appointment as it was booked; `sessionId` is null where nobody has started it. */
export interface BookedAppointment {
  readonly appointment: Appointment;
  readonly sessionId: SessionId | null;
}

/** A session in a list, settled. The filter is applied to what is stored. */
export interface SessionRecord {
  readonly session: Session;
  /** When its end was written; null also where that is still to come. */
  readonly endRecordedAt: Instant | null;
  /** When it is due next, as stored; in the past where it is overdue. */
  readonly nextDeadlineAt: Instant | null;
}

export const createConsoleReads = ({ read, sessionIds, ...store }: ConsoleStore): ConsoleReads => ({
  sessions: async (filter) => {
    const { items: ids, nextCursor } = await sessionIds(filter);
    const loaded = await read({ sessions: ids });
    const items = openUnitOfWork(loaded).attempt((work) => ids.map((id) => recordOf(id, work, loaded)));
    return { items: items.filter((item) => item !== null), nextCursor };
  },
  appointment: async (id) => {
    const loaded = await read({ appointments: [id] });
    return openUnitOfWork(loaded).attempt((work) => {
      const appointment = work.appointment(id);
      if (appointment === null) return null;
      return { appointment, sessionId: work.sessionOfAppointment(id)?.id ?? null };
    });
  },
  ledger: store.ledger,
  entry: store.entry,
  find: store.find,
  days: store.days,
  history: store.history,
  now: store.now,
});

function recordOf(id: SessionId, work: Work, loaded: Loaded): SessionRecord | null {
  const settled = work.accountOfSession(id);
  if (settled === null) return null;
  const { endRecordedAt, nextDeadlineAt } = loaded.counters.get(id) ?? {
    endRecordedAt: null,
    nextDeadlineAt: null,
  };
  return { session: sessionOf(settled.account, id), endRecordedAt, nextDeadlineAt };
}
