import { type Difference, type EntryField, shown, shownInstant } from './difference.ts';
import { type AccountHistory, part, type StoredEntry, type StoredGrant, wholeNumber } from './history.ts';
import type { Recomputed } from './recompute.ts';
import type { LedgerEntry } from './reference-model/naive-types.ts';

/** The ledger's charges and refunds against those that the rules make. A session's are known by their numbers. */
export function compareEntries(history: AccountHistory, made: Recomputed): readonly Difference[] {
  const differences: Difference[] = [];
  const found = { charge: new Set<string>(), refund: new Set<string>() };
  for (const entry of history.entries) {
    const { kind, sessionId, intervalNo } = entry;
    if (kind !== 'charge' && kind !== 'refund') continue;
    const expected = made[kind === 'charge' ? 'charges' : 'refunds']
      .get(sessionId ?? 0)
      ?.get(intervalNo ?? 0);
    found[kind].add(`${sessionId} ${intervalNo}`);
    differences.push(
      ...(expected === undefined
        ? [notDue(history.patientId, entry)]
        : fieldsThatDiffer(history.patientId, entry, expected)),
    );
  }
  const missing = (['charge', 'refund'] as const).flatMap((kind) =>
    made.result.ledger
      .filter((entry) => entry.kind === kind)
      .filter(({ sessionId, intervalNo }) => !found[kind].has(`${sessionId} ${intervalNo}`))
      .map((entry) => missingEntry(history.patientId, kind, entry)),
  );
  return [...differences, ...missing];
}

const notDue = (patientId: number, entry: StoredEntry): Difference => ({
  kind: 'entry_not_due',
  patientId,
  sessionId: entry.sessionId,
  grantId: entry.grantId,
  entryId: entry.entryId,
  expected: 'none',
  found: inWords(entry),
});

const missingEntry = (patientId: number, kind: 'charge' | 'refund', entry: LedgerEntry): Difference => ({
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

function fieldsThatDiffer(patientId: number, entry: StoredEntry, expected: LedgerEntry): Difference[] {
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

/** R14: a grant's figures are the sums of its entries, and each entry says the sum so far. */
export function compareBalances(history: AccountHistory, made: Recomputed): readonly Difference[] {
  const byGrant = new Map<number, StoredEntry[]>();
  for (const entry of history.entries) {
    const own = byGrant.get(entry.grantId);
    if (own === undefined) byGrant.set(entry.grantId, [entry]);
    else own.push(entry);
  }
  const holds = new Map<number, number>();
  for (const grantId of Object.values(made.result.holds)) holds.set(grantId, (holds.get(grantId) ?? 0) + 1);
  return history.grants.flatMap((grant) => {
    const entries = byGrant.get(grant.grantId) ?? [];
    return [
      ...compareBalancesAfter(history.patientId, entries),
      ...compareGrant(history.patientId, grant, entries, holds.get(grant.grantId) ?? 0),
    ];
  });
}

/** An entry that is off by as much as the one before it is only a consequence of it. */
function compareBalancesAfter(patientId: number, entries: readonly StoredEntry[]): readonly Difference[] {
  const differences: Difference[] = [];
  let sum = 0;
  let offBefore = 0;
  for (const { entryId, grantId, sessionId, units, balanceAfter } of entries) {
    sum += units;
    const off = balanceAfter - sum;
    if (off !== 0 && off !== offBefore) {
      const figures = { expected: shown(sum + offBefore), found: shown(balanceAfter) };
      differences.push({ kind: 'balance_differs', patientId, sessionId, grantId, entryId, ...figures });
    }
    offBefore = off;
  }
  return differences;
}

function compareGrant(
  patientId: number,
  grant: StoredGrant,
  entries: readonly StoredEntry[],
  held: number,
): readonly Difference[] {
  const sum = (isMeant: (entry: StoredEntry) => boolean) =>
    entries.reduce((units, entry) => (isMeant(entry) ? units + entry.units : units), 0);
  const terms = entries.findLast(({ details }) => part(details, 'starts_at_ms') !== null)?.details;
  const isPutIn = ({ kind }: StoredEntry) => kind === 'grant' || kind === 'adjustment';
  const columns: readonly (readonly [column: string, expected: string, found: string])[] = [
    ['remaining', shown(sum(() => true)), shown(grant.remaining)],
    ['held', shown(held), shown(grant.held)],
    ['units_total', shown(sum(isPutIn)), shown(grant.unitsTotal)],
    [
      'units_subscribed',
      shown(sum((entry) => isPutIn(entry) && entry.reason === 'subscription')),
      shown(grant.unitsSubscribed),
    ],
    ['starts_at', shownInstant(wholeNumber(terms, 'starts_at_ms')), shownInstant(grant.startsAt)],
    ['expires_at', shownInstant(wholeNumber(terms, 'expires_at_ms')), shownInstant(grant.expiresAt)],
  ];
  return columns
    .filter(([, expected, found]) => expected !== found)
    .map(([column, expected, found]) => ({
      kind: 'grant_differs',
      patientId,
      sessionId: null,
      grantId: grant.grantId,
      column,
      expected,
      found,
    }));
}
