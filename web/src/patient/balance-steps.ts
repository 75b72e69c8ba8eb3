import type { Static } from 'typebox';
import type { historySchema } from '../../../src/http/answers/days.ts';
import type { grantSchema } from '../../../src/http/answers/ledger.ts';

/** What a patient could spend, over time. Instants are in ms since 1970. */
export interface BalanceStep {
  readonly atMs: number;
  /** Units of all grants that were valid then. */
  readonly units: number;
  readonly why: string;
}

export type HistoryPoint = Static<typeof historySchema>['history'][number];

export type GrantValidity = Pick<Static<typeof grantSchema>, 'grant_id' | 'starts_at' | 'expires_at'>;

interface Moment {
  readonly atMs: number;
  readonly why: string;
  readonly point: HistoryPoint | null;
}

/** One step for each entry, and for each grant that began or expired with units in it, up to `nowMs`. */
export function balanceSteps(
  history: readonly HistoryPoint[],
  grants: readonly GrantValidity[],
  nowMs: number,
): readonly BalanceStep[] {
  const validity = new Map(grants.map((grant) => [grant.grant_id, grant]));
  const balances = new Map<number, number>();
  const steps: BalanceStep[] = [];
  for (const { atMs, why, point } of momentsOf(history, grants, nowMs)) {
    if (point !== null) balances.set(point.grant_id, point.balance_after);
    const units = Array.from(balances, ([id, balance]) =>
      isValid(validity.get(id), atMs) ? balance : 0,
    ).reduce((sum, balance) => sum + balance, 0);
    // A grant that began or expired empty changed nothing.
    if (point === null && units === (steps.at(-1)?.units ?? 0)) continue;
    steps.push({ atMs, units, why });
  }
  return steps;
}

function momentsOf(
  history: readonly HistoryPoint[],
  grants: readonly GrantValidity[],
  nowMs: number,
): readonly Moment[] {
  const entries = history.map((point): Moment => ({
    atMs: Date.parse(point.at),
    why: `Grant ${point.grant_id}: ${point.balance_after} left`,
    point,
  }));
  const bounds = grants.flatMap(({ grant_id, starts_at, expires_at }): Moment[] => [
    { atMs: Date.parse(starts_at), why: `Grant ${grant_id} became valid`, point: null },
    ...(expires_at === null
      ? []
      : [{ atMs: Date.parse(expires_at), why: `Grant ${grant_id} expired`, point: null }]),
  ]);
  return [...entries, ...bounds.filter(({ atMs }) => atMs <= nowMs)].toSorted((a, b) => a.atMs - b.atMs);
}

const isValid = (grant: GrantValidity | undefined, atMs: number): boolean =>
  grant === undefined ||
  (Date.parse(grant.starts_at) <= atMs && (grant.expires_at === null || atMs < Date.parse(grant.expires_at)));
