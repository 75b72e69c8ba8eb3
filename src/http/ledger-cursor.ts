import { isId, ledgerEntryId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type { LedgerCursor } from '../sessions/console-store.ts';

/** The cursor of the ledger, as it travels: `70003`, or `1795338000000.70003` where entries come by their time. */
export const ledgerCursorText = ({ effectiveAt, entryId }: LedgerCursor): string =>
  effectiveAt === null ? String(entryId) : `${effectiveAt}.${entryId}`;

/** The same in JSON, where a number stays one: whoever keeps the number of the last entry goes on with it. */
export const ledgerCursorJson = (cursor: LedgerCursor): string | number =>
  cursor.effectiveAt === null ? cursor.entryId : ledgerCursorText(cursor);

/** Null where no ledger can have given it out. */
export function parseLedgerCursor(text: string): LedgerCursor | null {
  const [, at, id] = /^(?:(-?\d{1,16})\.)?([1-9]\d{0,15})$/.exec(text) ?? [];
  const entryId = Number(id);
  if (!isId(entryId)) return null;
  if (at === undefined) return { effectiveAt: null, entryId: ledgerEntryId(entryId) };
  const effectiveAt = Number(at);
  const isSound =
    Number.isSafeInteger(effectiveAt) && effectiveAt >= YEAR_0_MS && effectiveAt <= YEAR_9999_MS;
  return isSound ? { effectiveAt: instant(effectiveAt), entryId: ledgerEntryId(entryId) } : null;
}

/** RFC 3339 knows no other time. */
const YEAR_0_MS = Date.parse('0000-01-01T00:00:00Z');
const YEAR_9999_MS = Date.parse('9999-12-31T23:59:59.999Z');
