import { isId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type { ActionCursor } from '../sessions/admin-actions.ts';

/** The cursor of a list of actions, as it travels: `1795338000000.501`. */
export const actionCursorText = ({ recordedAt, id }: ActionCursor): string => `${recordedAt}.${id}`;

/** Null where no list can have given it out. */
export function parseActionCursor(text: string): ActionCursor | null {
  const [, ms, id] = /^([1-9]\d{0,14})\.([1-9]\d{0,15})$/.exec(text) ?? [];
  return isId(Number(id)) ? { recordedAt: instant(Number(ms)), id: Number(id) } : null;
}
