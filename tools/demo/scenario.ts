/** An appointment that is acted out, and what the rules say must come of it. */
export interface Scenario {
  readonly title: string;
  readonly startedBy: Participant;
  /** In the subscription that the patient has bought before. */
  readonly units: number;
  /** In the order of time. */
  readonly steps: readonly Step[];
  readonly expected: Expected;
}

export type Participant = 'patient' | 'doctor';

interface Timed {
  /** By this name the rules refer to the instant at which it happened. Unique in its scenario. */
  readonly name: string;
  /** When it is done, after the session's start. */
  readonly atMs: number;
  /** The scenario is only what it is meant to be if the step is done before this, after the session's start. */
  readonly beforeMs: number;
}

/** Something that one of the people does. */
export type Step = Timed &
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
export interface Expected {
  readonly ledger: readonly ExpectedEntry[];
  readonly end: { readonly reason: string; readonly due: Due };
  /** Charges less refunds. */
  readonly unitsUsed: number;
  /** In all subscriptions of the patient, after the end. */
  readonly unitsLeft: number;
}

export interface ExpectedEntry {
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

/** An instant: `ms` after the session's start (`start`), the first grant (`bought`) or a step, by its name. */
export interface Due {
  readonly after: string;
  readonly ms: number;
}

export const afterStart = (ms: number): Due => ({ after: 'start', ms });
export const after = (step: string, ms: number): Due => ({ after: step, ms });
export const at = (step: string): Due => ({ after: step, ms: 0 });

/** The entry of a subscription that is bought. */
export const bought = (grant: Grant, units: number, due: Due): ExpectedEntry => ({
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
): ExpectedEntry => ({ kind: 'charge', reason, block, grant, units: -1, due, left });

/** The entry of one unit that is given back. */
export const refunded = (
  block: number,
  reason: string,
  due: Due,
  { grant = 'first', left }: { readonly grant?: Grant; readonly left: number },
): ExpectedEntry => ({ kind: 'refund', reason, block, grant, units: 1, due, left });

/** A scenario with the people, the appointment and the subscriptions that belong to it alone. */
export interface Fixture {
  /** Of the scenario, and of its appointment. */
  readonly no: number;
  readonly scenario: Scenario;
  readonly people: Readonly<Record<Participant, number>>;
  readonly grantIds: Readonly<Record<Grant, number>>;
}

export const fixtureOf = (scenario: Scenario, no: number): Fixture => ({
  no,
  scenario,
  people: { patient: 100 + no, doctor: 200 + no },
  grantIds: { first: 10 * no + 1, second: 10 * no + 2 },
});

export const ADMIN_ID = 1;
