import type { Input } from './input.ts';
import { runNaiveModel } from './reference-model/naive-model.ts';
import type { LedgerEntry, ModelResult } from './reference-model/naive-types.ts';

/** What the rules make of what was done to an account. */
export interface Recomputed {
  readonly result: ModelResult;
  /** The inputs, in the order in which they were taken to have happened. */
  readonly inputs: readonly Input[];
  /** By session: its charges and its refunds, each by its interval number. */
  readonly charges: ReadonlyMap<number, ReadonlyMap<number, LedgerEntry>>;
  readonly refunds: ReadonlyMap<number, ReadonlyMap<number, LedgerEntry>>;
}

/** Up to and including `until`. @throws RangeError for a history that no engine could have written. */
export function recompute(inputs: readonly Input[], until: number): Recomputed {
  const result = runNaiveModel({
    from: Math.max(0, Math.min(until, inputs[0]?.action.at ?? 0)),
    until,
    instantsPerSecond: 1000,
    actions: inputs.map(({ action }) => action),
  });
  return {
    result,
    inputs,
    charges: bySession(result.ledger, 'charge'),
    refunds: bySession(result.ledger, 'refund'),
  };
}

function bySession(ledger: readonly LedgerEntry[], kind: LedgerEntry['kind']) {
  const sessions = new Map<number, Map<number, LedgerEntry>>();
  for (const entry of ledger) {
    if (entry.kind !== kind || entry.sessionId === null || entry.intervalNo === null) continue;
    const entries = sessions.get(entry.sessionId) ?? new Map<number, LedgerEntry>();
    entries.set(entry.intervalNo, entry);
    sessions.set(entry.sessionId, entries);
  }
  return sessions;
}
