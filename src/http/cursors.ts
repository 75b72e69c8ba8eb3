import { appointmentId, isId, ledgerEntryId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type { ActionCursor } from '../sessions/admin-actions.ts';
import type { LedgerCursor } from '../sessions/console-store.ts';
import type { AppointmentCursor } from '../sessions/records.ts';

/**
 * The cursors of lists, as they travel: where the last one of the page stood, and its number, such as
 * `1795338000000.501`. Each is null where no list can have given it out.
 */

export const appointmentCursorText = ({ place, appointmentId: id }: AppointmentCursor): string =>
  `${place}.${id}`;

export function parseAppointmentCursor(text: string): AppointmentCursor | null {
  const [place, id] = readPlace(text) ?? [];
  return place === undefined || id === undefined ? null : { place, appointmentId: appointmentId(id) };
}

/** `70003`, or `1795338000000.70003` where entries come by their time. */
export const ledgerCursorText = ({ effectiveAt, entryId }: LedgerCursor): string =>
  effectiveAt === null ? String(entryId) : `${effectiveAt}.${entryId}`;

/** The same in JSON, where a number stays one: a client may keep the number of the last entry as its cursor. */
export const ledgerCursorJson = (cursor: LedgerCursor): string | number =>
  cursor.effectiveAt === null ? cursor.entryId : ledgerCursorText(cursor);

export function parseLedgerCursor(text: string): LedgerCursor | null {
  if (/^[1-9]\d{0,15}$/.test(text))
    return isId(Number(text)) ? { effectiveAt: null, entryId: ledgerEntryId(Number(text)) } : null;
  const [place, id] = readPlace(text) ?? [];
  if (place === undefined || id === undefined || place > YEAR_9999_MS) return null;
  return { effectiveAt: instant(place), entryId: ledgerEntryId(id) };
}

export const actionCursorText = ({ recordedAt, id }: ActionCursor): string => `${recordedAt}.${id}`;

/** Nothing was done before 1970, and nothing will be after the year 30000. */
export function parseActionCursor(text: string): ActionCursor | null {
  const [place, id] = (/^[1-9]\d{0,14}\./.test(text) ? readPlace(text) : null) ?? [];
  return place === undefined || id === undefined ? null : { recordedAt: instant(place), id };
}

/** RFC 3339 knows no other time. */
const YEAR_0_MS = Date.parse('0000-01-01T00:00:00Z');
const YEAR_9999_MS = Date.parse('9999-12-31T23:59:59.999Z');

function readPlace(text: string): readonly [place: number, id: number] | null {
  const [, place, id] = /^(-?\d{1,16})\.([1-9]\d{0,15})$/.exec(text)?.map(Number) ?? [];
  if (place === undefined || id === undefined) return null;
  return Number.isSafeInteger(place) && place >= YEAR_0_MS && isId(id) ? [place, id] : null;
}
