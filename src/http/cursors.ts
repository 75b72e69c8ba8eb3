import { appointmentId, isId, ledgerEntryId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type { ActionCursor } from '../sessions/admin-actions.ts';
import type { LedgerCursor } from '../sessions/console-store.ts';
import type { AppointmentCursor } from '../sessions/records.ts';

/**
 * The cursors of lists, as they travel: the position of the last one of the page, and its number, such as
 * `1795338000000.501`. Each is null where no list can have given it out.
 */

export const appointmentCursorText = ({ position, appointmentId: id }: AppointmentCursor): string =>
  `${position}.${id}`;

export function parseAppointmentCursor(text: string): AppointmentCursor | null {
  const [position, id] = readPosition(text) ?? [];
  return position === undefined || id === undefined ? null : { position, appointmentId: appointmentId(id) };
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
  const [position, id] = readPosition(text) ?? [];
  if (position === undefined || id === undefined || position > YEAR_9999_MS) return null;
  return { effectiveAt: instant(position), entryId: ledgerEntryId(id) };
}

export const actionCursorText = ({ recordedAt, id }: ActionCursor): string => `${recordedAt}.${id}`;

/** Nothing was done before 1970, and nothing will be after the year 30000. */
export function parseActionCursor(text: string): ActionCursor | null {
  const [position, id] = (/^[1-9]\d{0,14}\./.test(text) ? readPosition(text) : null) ?? [];
  return position === undefined || id === undefined ? null : { recordedAt: instant(position), id };
}

/** RFC 3339 knows no other time. */
const YEAR_0_MS = Date.parse('0000-01-01T00:00:00Z');
const YEAR_9999_MS = Date.parse('9999-12-31T23:59:59.999Z');

function readPosition(text: string): readonly [position: number, id: number] | null {
  const [, position, id] = /^(-?\d{1,16})\.([1-9]\d{0,15})$/.exec(text)?.map(Number) ?? [];
  if (position === undefined || id === undefined) return null;
  return Number.isSafeInteger(position) && position >= YEAR_0_MS && isId(id) ? [position, id] : null;
}
