import type { Appointment } from '../billing/account.ts';
import type { Page } from './page.ts';
import type { AppointmentCursor, AppointmentFilter, Records } from './records.ts';
import { partInAppointment } from './participation.ts';
import { type Loaded, loggedIn, type Store } from './store.ts';
import { openUnitOfWork } from './unit-of-work.ts';
import { type SessionView, sessionView } from './view.ts';

/** An appointment in the list of a participant. */
export interface OwnAppointment {
  readonly appointment: Appointment;
  /** Settled to now; null where it was not started yet. */
  readonly view: SessionView | null;
}

export type OwnAppointments = (filter: AppointmentFilter) => Promise<Page<OwnAppointment, AppointmentCursor>>;

/** Listed by what is stored, and shown settled to now: a session that is due may be listed as active and shown as ended. */
export const createOwnAppointments =
  (read: Store['read'], find: Records['appointments']): OwnAppointments =>
  async (filter) => {
    const { items: ids, nextCursor } = await find(filter);
    if (ids.length === 0) return { items: [], nextCursor };
    const loaded = await read({ appointments: ids });
    const own = openUnitOfWork(loaded).attempt((work) =>
      ids.map((id) => ownAppointment(partInAppointment(work, id, filter.caller), loaded)),
    );
    return { items: own.filter((item) => item !== null), nextCursor };
  };

/** Null for one that was given to another participant in between. */
function ownAppointment(part: ReturnType<typeof partInAppointment>, loaded: Loaded): OwnAppointment | null {
  if (part.kind === 'refused') return null;
  const { appointment, session, settled } = part;
  const view = session === null ? null : sessionView(session, settled, loggedIn(loaded, session.id));
  return { appointment, view };
}
