import { appointmentId, isId } from '../billing/ids.ts';
import type { AppointmentCursor } from '../sessions/records.ts';

/** The cursor of a list of appointments, as it travels: `1795338000000.501`. */
export const appointmentCursorText = ({ place, appointmentId: id }: AppointmentCursor): string =>
  `${place}.${id}`;

/** Null where no list can have given it out. */
export function parseAppointmentCursor(text: string): AppointmentCursor | null {
  const [, place, id] = /^(-?\d{1,16})\.([1-9]\d{0,15})$/.exec(text) ?? [];
  const cursor = { place: Number(place), appointmentId: Number(id) };
  const isSound =
    Number.isSafeInteger(cursor.place) && cursor.place >= YEAR_0_MS && isId(cursor.appointmentId);
  return isSound ? { ...cursor, appointmentId: appointmentId(cursor.appointmentId) } : null;
}

/** RFC 3339 knows no earlier time. */
const YEAR_0_MS = Date.parse('0000-01-01T00:00:00Z');
