/**
 * What the naive model reads and what it answers. Ids are plain positive integers. Instants are whole numbers
 * on any scale that only counts up: seconds, or milliseconds where the input says so (`instantsPerSecond`).
 * Rule numbers (R1 to R16) are those of docs/rules.md.
 */

export type Role = 'patient' | 'doctor';

/** The policy a session starts under (R13). `null` switches a rule off. Each time comes to whole instants. */
export type Policy = {
  readonly intervalSeconds: number;
  /** At least 1, at most `intervalSeconds`. */
  readonly firstActivitySeconds: number;
  readonly noActivityUnits: 0 | 1;
  readonly endGraceSeconds: number;
  readonly idleSeconds: number | null;
  readonly doctorResponseSeconds: number | null;
  readonly maxDurationSeconds: number | null;
};

/** Something that somebody does at one instant. */
export type Action =
  | {
      readonly at: number;
      readonly kind: 'grant';
      readonly grantId: number;
      readonly patientId: number;
      readonly units: number;
      readonly startsAt: number;
      /** Exclusive; null = never. */
      readonly expiresAt: number | null;
    }
  | { readonly at: number; readonly kind: 'adjust'; readonly grantId: number; readonly units: number }
  /** From now on the grant is valid at other times. What it holds and what it paid stays. */
  | {
      readonly at: number;
      readonly kind: 'set_validity';
      readonly grantId: number;
      readonly startsAt: number;
      /** Exclusive; null = never. */
      readonly expiresAt: number | null;
    }
  | {
      readonly at: number;
      readonly kind: 'start';
      readonly sessionId: number;
      readonly patientId: number;
      readonly policy: Policy;
    }
  | { readonly at: number; readonly kind: 'write'; readonly sessionId: number; readonly role: Role }
  | { readonly at: number; readonly kind: 'end'; readonly sessionId: number; readonly by: Role }
  | { readonly at: number; readonly kind: 'admin_end'; readonly sessionId: number; readonly charge: boolean }
  | { readonly at: number; readonly kind: 'refund'; readonly sessionId: number; readonly intervalNo: number }
  /** Takes the refund of that charge back, whoever gave it. */
  | {
      readonly at: number;
      readonly kind: 'take_back';
      readonly sessionId: number;
      readonly intervalNo: number;
    };

/** Every refusal the model can answer. A table over it can be checked with `satisfies Record<Refusal, …>`. */
export type Refusal =
  /** start: no grant of the patient is valid now (R2). */
  | 'no_active_subscription'
  /** start: grants are valid now, and none of them has a unit that is not held (R2). */
  | 'insufficient_sessions'
  /** start: the session is active already. Nothing changes; over HTTP this is the 200 of R2. */
  | 'session_active'
  /** start, write: the session has ended (R2, R7). */
  | 'session_ended'
  /** write, end, admin_end: the session was never started. */
  | 'no_active_session'
  /** adjust, set_validity: the grant does not exist (yet). */
  | 'grant_not_found'
  /** adjust: an adjustment of nothing. */
  | 'zero_units'
  /** adjust, take_back: it would take units that are used or held. */
  | 'units_in_use'
  /** refund: the session has no charge with that interval number. */
  | 'charge_not_found'
  /** refund: that charge has been given back already (R15). */
  | 'charge_already_refunded'
  /** take_back: nobody has given back a charge with that interval number. */
  | 'refund_not_found'
  /** take_back: that refund has been taken back already (R15). */
  | 'refund_already_taken_back';

export type Outcome = 'ok' | Refusal;

export type EndReason =
  | 'balance_exhausted'
  | 'no_activity'
  | 'manual_end'
  | 'admin_end'
  | 'idle_timeout'
  | 'doctor_no_response'
  | 'max_duration';

export type LedgerEntry = {
  readonly grantId: number;
  readonly sessionId: number | null;
  readonly kind: 'grant' | 'charge' | 'refund' | 'adjustment';
  /**
   * A charge: why. A refund by R9: `doctor_no_response`. An adjustment of nothing but the validity:
   * `validity_changed`. An admin's refund, a grant, an adjustment of units: null.
   */
  readonly reason: string | null;
  readonly units: number;
  /** Of a charge, and of the refund that gives it back; otherwise null. */
  readonly intervalNo: number | null;
  readonly effectiveAt: number;
  /** The grant's remaining units right after this entry. */
  readonly balanceAfter: number;
};

export type SessionFigures = {
  readonly isActive: boolean;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly endReason: EndReason | null;
  /** Charges less refunds. */
  readonly sessionsUsed: number;
  readonly hasPatientActivity: boolean;
  readonly hasDoctorActivity: boolean;
  /** The last accepted message; null when nobody wrote. Starting is not activity. */
  readonly lastActivityAt: number | null;
  /** The instants at which the last funded block was entered (R17), in order. */
  readonly lowBalanceAt: readonly number[];
};

export type GrantFigures = { readonly remaining: number; readonly held: number };

export type ModelInput = {
  readonly from: number;
  readonly until: number;
  /** 1 = instants are seconds (the default), 1000 = milliseconds. Policies are in seconds either way. */
  readonly instantsPerSecond?: number;
  /** In time order. At one instant they apply in the order given. */
  readonly actions: readonly Action[];
};

export type ModelResult = {
  /** One per action, in the order of the actions. */
  readonly outcomes: readonly Outcome[];
  /** In the order of writing. Between two patients at one instant that order means nothing. */
  readonly ledger: readonly LedgerEntry[];
  /** Only sessions that were started. A refused start leaves none. */
  readonly sessions: Readonly<Record<number, SessionFigures>>;
  readonly grants: Readonly<Record<number, GrantFigures>>;
  /** By active session: the grant on which the unit of its block in progress is held. */
  readonly holds: Readonly<Record<number, number>>;
};
