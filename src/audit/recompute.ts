import type { Input } from './inputs.ts';
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
    charges: ledgerBySession(result.ledger, 'charge'),
    refunds: ledgerBySession(result.ledger, 'refund'),
  };
}

function ledgerBySession(ledger: readonly LedgerEntry[], kind: LedgerEntry['kind']) {
  const sessions = new Map<number, Map<number, LedgerEntry>>();
  for (const entry of ledger) {
    if (entry.kind !== kind || entry.sessionId === null || entry.intervalNo === null) continue;
    const entries = sessions.get(entry.sessionId) ?? new Map<number, LedgerEntry>();
    entries.set(entry.intervalNo, entry);
    sessions.set(entry.sessionId, entries);
  }
  return sessions;
}

/**
 * Puts the inputs of an account in the order in which they happened. By their instants; at one instant as the
 * numbers of a session's events and the ids of the ledger say. What is left open then (two sessions of one patient
 * that start in the same millisecond) is nowhere written down: `orders` gives every order that is possible.
 */

/** Inputs of one instant whose order is not known. */
export interface OpenInstant {
  /** Where they begin in the ordered list. */
  readonly from: number;
  /** All orders that are possible, the likeliest first; cut off where there are very many. */
  readonly orders: readonly (readonly Input[])[];
}

const MOST_ORDERS = 60;

/** The likeliest order, and the instants at which another would be possible. */
export function orderInputs(chains: readonly (readonly Input[])[]): {
  readonly inputs: readonly Input[];
  readonly open: readonly OpenInstant[];
} {
  const inputs: Input[] = [];
  const open: OpenInstant[] = [];
  for (const group of instantsOf(chains)) {
    const orders = ordersOf(group);
    const [likeliest = []] = orders;
    if (orders.length > 1) open.push({ from: inputs.length, orders });
    inputs.push(...likeliest);
  }
  return { inputs, open };
}

/** Instant by instant, what each chain has there. */
function instantsOf(chains: readonly (readonly Input[])[]): readonly (readonly (readonly Input[])[])[] {
  const byInstant = new Map<number, Map<number, Input[]>>();
  for (const [chain, inputs] of chains.entries()) {
    for (const input of inputs) {
      const { at } = input.action;
      let parts = byInstant.get(at);
      if (parts === undefined) byInstant.set(at, (parts = new Map()));
      const part = parts.get(chain);
      if (part === undefined) parts.set(chain, [input]);
      else part.push(input);
    }
  }
  return [...byInstant].sort(([a], [b]) => a - b).map(([, parts]) => Array.from(parts.values()));
}

function ordersOf(chains: readonly (readonly Input[])[]): readonly (readonly Input[])[] {
  const [only = [], ...others] = chains;
  if (others.length === 0) return [only];
  const most = isOrderOfNoMatter(chains) ? 1 : MOST_ORDERS;
  const orders: (readonly Input[])[] = [];
  const follow = (done: readonly Input[], rest: readonly (readonly Input[])[]): void => {
    if (orders.length >= most) return;
    const next = nextOf(rest);
    if (next.length === 0) orders.push(done);
    for (const chain of next) {
      const [head, ...tail] = chain;
      if (head === undefined) continue;
      follow(
        [...done, head],
        rest.map((other) => (other === chain ? tail : other)),
      );
    }
  };
  follow([], chains);
  return orders;
}

/** Messages leave the balance alone, so where all but one chain hold nothing else, their order is of no matter. */
const isOrderOfNoMatter = (chains: readonly (readonly Input[])[]): boolean =>
  chains.filter((chain) => chain.some(({ action }) => action.kind !== 'write')).length < 2;

/** The chains whose first input may come next, the likeliest first. */
function nextOf(chains: readonly (readonly Input[])[]): readonly (readonly Input[])[] {
  const left = chains.filter((chain) => chain.length > 0);
  const written = left.flatMap((chain) => chain.flatMap(({ entryId }) => entryId ?? []));
  const firstWritten = Math.min(...written);
  const free = left.filter(([head]) => (head?.entryId ?? firstWritten) === firstWritten);
  return (free.length > 0 ? free : left).toSorted(([a], [b]) => rankOf(a) - rankOf(b));
}

/** What was accepted can only have found the units that came before it: so units come first, and starts last. */
function rankOf(input: Input | undefined): number {
  switch (input?.action.kind) {
    case 'grant':
    case 'adjust':
    case 'set_validity':
      return 0;
    case 'write':
      return 1;
    case 'refund':
    case 'take_back':
    case 'end':
    case 'admin_end':
      return 2;
    case 'start':
    case undefined:
      return 3;
  }
}
