/** An appointment that is played, and what the rules say must come of it. */
export interface Story {
  readonly title: string;
  readonly startedBy: Participant;
  /** In the subscription that the patient has bought before. */
  readonly units: number;
  /** In the order of time. */
  readonly acts: readonly Act[];
  readonly rules: Rules;
}

export type Participant = 'patient' | 'doctor';

interface Timed {
  /** By this name the rules refer to the instant at which it happened. Unique in its story. */
  readonly name: string;
  /** When it is done, after the session's start. */
  readonly atMs: number;
  /** The story is only what it is meant to be if the act is done before this, after the session's start. */
  readonly beforeMs: number;
}

/** Something that somebody does. */
export type Act = Timed &
  (
    | { readonly kind: 'write'; readonly by: Participant; readonly text: string }
    /** `claimedUnits`: what an old app says that the end costs. */
    | { readonly kind: 'end'; readonly by: Participant; readonly claimedUnits?: number }
    /** An old app does its own sums. */
    | { readonly kind: 'ask_for_deduction'; readonly by: Participant; readonly units: number }
    /** The patient buys a second subscription. */
    | { readonly kind: 'top_up'; readonly units: number }
  );

/** Worked out by hand from docs/rules.md, never taken from the engine. */
export interface Rules {
  readonly ledger: readonly RuledEntry[];
  readonly end: { readonly reason: string; readonly due: Due };
  /** Charges less refunds. */
  readonly unitsUsed: number;
  /** In all subscriptions of the patient, after the end. */
  readonly unitsLeft: number;
}

export interface RuledEntry {
  readonly kind: 'grant' | 'charge' | 'refund';
  readonly reason: string;
  /** The number of the block, from 1; null where the entry belongs to none. */
  readonly block: number | null;
  readonly grant: Grant;
  readonly units: number;
  readonly due: Due;
  /** Units left in that grant right after the entry. */
  readonly left: number;
}

/** The subscription that was there from the beginning, or the one that was bought during the session. */
export type Grant = 'first' | 'second';

/** An instant: so long after the session's start (`start`), the first grant (`bought`) or an act, by its name. */
export interface Due {
  readonly after: string;
  readonly ms: number;
}

export const afterStart = (ms: number): Due => ({ after: 'start', ms });
export const after = (act: string, ms: number): Due => ({ after: act, ms });
export const at = (act: string): Due => ({ after: act, ms: 0 });

/** The entry of a subscription that is bought. */
export const bought = (grant: Grant, units: number, due: Due): RuledEntry => ({
  kind: 'grant',
  reason: 'subscription',
  block: null,
  grant,
  units,
  due,
  left: units,
});

/** The entry of one unit that a block costs. */
export const charged = (
  block: number,
  reason: string,
  due: Due,
  { grant = 'first', left }: { readonly grant?: Grant; readonly left: number },
): RuledEntry => ({ kind: 'charge', reason, block, grant, units: -1, due, left });

/** The entry of one unit that is given back. */
export const refunded = (
  block: number,
  reason: string,
  due: Due,
  { grant = 'first', left }: { readonly grant?: Grant; readonly left: number },
): RuledEntry => ({ kind: 'refund', reason, block, grant, units: 1, due, left });
