import { type Drift, type EntryField, shown, shownInstant } from './difference.ts';
import type { AccountHistory, StoredEntry } from './history.ts';
import type { LedgerEntry } from './reference-model/naive-types.ts';
import type { Recomputed } from './recompute.ts';

/** The ledger's charges and refunds against those that the rules make. A session's are known by their numbers. */
export function compareEntries(history: AccountHistory, made: Recomputed): readonly Drift[] {
  const drift: Drift[] = [];
  const found = { charge: new Set<string>(), refund: new Set<string>() };
  for (const entry of history.entries) {
    const { kind, sessionId, intervalNo } = entry;
    if (kind !== 'charge' && kind !== 'refund') continue;
    const expected = made[kind === 'charge' ? 'charges' : 'refunds']
      .get(sessionId ?? 0)
      ?.get(intervalNo ?? 0);
    found[kind].add(`${sessionId} ${intervalNo}`);
    drift.push(
      ...(expected === undefined
        ? [notDue(history.patientId, entry)]
        : differences(history.patientId, entry, expected)),
    );
  }
  const missing = (['charge', 'refund'] as const).flatMap((kind) =>
    made.result.ledger
      .filter((entry) => entry.kind === kind)
      .filter(({ sessionId, intervalNo }) => !found[kind].has(`${sessionId} ${intervalNo}`))
      .map((entry) => missingEntry(history.patientId, kind, entry)),
  );
  return [...drift, ...missing];
}

const notDue = (patientId: number, entry: StoredEntry): Drift => ({
  kind: 'entry_not_due',
  patientId,
  sessionId: entry.sessionId,
  grantId: entry.grantId,
  entryId: entry.entryId,
  expected: 'none',
  found: inWords(entry),
});

const missingEntry = (patientId: number, kind: 'charge' | 'refund', entry: LedgerEntry): Drift => ({
  kind: 'entry_missing',
  patientId,
  sessionId: entry.sessionId,
  grantId: entry.grantId,
  entry: kind,
  intervalNo: entry.intervalNo ?? 0,
  expected: inWords(entry),
  found: 'none',
});

function inWords(
  entry: Pick<StoredEntry, 'kind' | 'intervalNo' | 'effectiveAt'> & { reason: string | null },
) {
  return `${entry.kind} ${entry.intervalNo} (${entry.reason ?? 'correction'}) at ${shownInstant(entry.effectiveAt)}`;
}

function differences(patientId: number, entry: StoredEntry, expected: LedgerEntry): Drift[] {
  const { entryId, grantId, sessionId } = entry;
  const fields: readonly (readonly [EntryField, string, string])[] = [
    ['grant_id', shown(expected.grantId), shown(grantId)],
    ['reason', reasonOf(expected), entry.reason],
    ['effective_at', shownInstant(expected.effectiveAt), shownInstant(entry.effectiveAt)],
    ['units', shown(expected.units), shown(entry.units)],
  ];
  return fields
    .filter(([, should, is]) => should !== is)
    .map(([field, should, is]) => ({
      kind: 'entry_differs',
      patientId,
      sessionId,
      grantId,
      entryId,
      field,
      expected: should,
      found: is,
    }));
}

/** The model gives no reason where only one is possible. */
export const reasonOf = ({ reason }: LedgerEntry): string => reason ?? 'correction';
