import { part, wholeNumber } from './event-data.ts';
import type { StoredEntry } from './history.ts';
import type { Input } from './input.ts';
import type { Action } from './reference-model/naive-types.ts';

/** What was done to the grants of an account: made, adjusted, given other times. The ledger tells it. */
export function grantInputs(patientId: number, entries: readonly StoredEntry[]): readonly Input[] {
  return entries.flatMap((entry) => {
    const action = actionOf(patientId, entry);
    if (action === null) return [];
    const { entryId, grantId } = entry;
    return [{ action, source: { kind: 'entry' as const, entryId, grantId }, entryId }];
  });
}

function actionOf(patientId: number, entry: StoredEntry): Action | null {
  const { grantId, units, effectiveAt: at, details } = entry;
  const terms = {
    startsAt: wholeNumber(details, 'starts_at_ms') ?? at,
    expiresAt: part(details, 'expires_at_ms') === null ? null : wholeNumber(details, 'expires_at_ms'),
  };
  switch (entry.kind) {
    case 'grant':
      return { kind: 'grant', at, grantId, patientId, units, ...terms };
    case 'adjustment':
      return entry.reason === 'validity_changed'
        ? { kind: 'set_validity', at, grantId, ...terms }
        : { kind: 'adjust', at, grantId, units };
    default:
      return null;
  }
}
