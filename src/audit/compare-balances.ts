import { type Drift, shown, shownInstant } from './difference.ts';
import { part, wholeNumber } from './event-data.ts';
import type { AccountHistory, StoredEntry, StoredGrant } from './history.ts';
import type { Recomputed } from './recompute.ts';

/** R14: a grant's figures are the sums of its entries, and each entry says the sum so far. */
export function compareBalances(history: AccountHistory, made: Recomputed): readonly Drift[] {
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
function compareBalancesAfter(patientId: number, entries: readonly StoredEntry[]): readonly Drift[] {
  const drift: Drift[] = [];
  let sum = 0;
  let offBefore = 0;
  for (const { entryId, grantId, sessionId, units, balanceAfter } of entries) {
    sum += units;
    const off = balanceAfter - sum;
    if (off !== 0 && off !== offBefore) {
      const figures = { expected: shown(sum + offBefore), found: shown(balanceAfter) };
      drift.push({ kind: 'balance_differs', patientId, sessionId, grantId, entryId, ...figures });
    }
    offBefore = off;
  }
  return drift;
}

function compareGrant(
  patientId: number,
  grant: StoredGrant,
  entries: readonly StoredEntry[],
  held: number,
): readonly Drift[] {
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
