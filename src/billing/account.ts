import type { AppointmentId, GrantId, PatientId, SessionId, UserId } from './ids.ts';
import type { Policy } from './policy.ts';
import type { Terms } from './terms.ts';
import type { Instant } from './time.ts';

/** What the engine knows, as values. Everything here is read-only: a rule answers with changes, `apply` makes them. */

export type Role = 'patient' | 'doctor';

/** Who did it. `system` is the engine itself, applying a deadline. */
export type Actor = { readonly role: 'system' } | { readonly role: Role | 'admin'; readonly id: UserId };

export const system: Actor = { role: 'system' };

export type AppointmentType = 'text' | 'audio' | 'video';
export type AppointmentStatus = 'pending' | 'confirmed' | 'cancelled' | 'completed';

/** The booking. */
export interface Appointment {
  readonly id: AppointmentId;
  readonly patientId: PatientId;
  readonly doctorId: UserId;
  readonly type: AppointmentType;
  readonly status: AppointmentStatus;
  readonly scheduledAt: Instant;
  /** IANA name, kept for display: no rule reads it. */
  readonly timeZone: string | null;
  /** What it says otherwise than the settings; null: nothing. */
  readonly terms: Terms | null;
}

/** A subscription: units for one patient, valid in `[startsAt, expiresAt)`; null = for ever. */
export interface Grant {
  readonly id: GrantId;
  readonly patientId: PatientId;
  /** Units that the clinic's system last said were bought. */
  readonly unitsSubscribed: number;
  /** Units ever put in: those bought and all corrections. */
  readonly unitsTotal: number;
  /** The sum of the grant's ledger entries. */
  readonly remaining: number;
  /** Of these, set aside for blocks in progress. */
  readonly held: number;
  readonly startsAt: Instant;
  readonly expiresAt: Instant | null;
  /** Of what the clinic's system last sent, by its own count; null where it has sent none. No rule of units reads it. */
  readonly version: number | null;
}

/** Why a unit was taken. */
export type ChargeReason =
  'interval' | 'no_activity' | 'manual_end' | 'admin_end' | 'idle_timeout' | 'max_duration';

/** Why a session is over. */
export type EndReason =
  | 'manual_end'
  | 'admin_end'
  | 'no_activity'
  | 'balance_exhausted'
  | 'idle_timeout'
  | 'doctor_no_response'
  | 'max_duration';

/** A unit that a session took and nobody gave back yet. */
export interface StandingCharge {
  /** The number of the block, from 1: block j has number j + 1. */
  readonly intervalNo: number;
  readonly grantId: GrantId;
}

interface SessionFacts {
  readonly id: SessionId;
  readonly appointmentId: AppointmentId;
  readonly patientId: PatientId;
  readonly doctorId: UserId;
  readonly policy: Policy;
  /** S. */
  readonly startedAt: Instant;
  readonly hasPatientActivity: boolean;
  readonly hasDoctorActivity: boolean;
  readonly firstPatientActivityAt: Instant | null;
  /** Null while nobody has written: starting is not activity. */
  readonly lastActivityAt: Instant | null;
  /** Charges less refunds. */
  readonly unitsUsed: number;
}

export interface ActiveSession extends SessionFacts {
  readonly state: 'active';
  /** How many blocks are completed; so the block in progress is block `blocksCompleted`, counted from 0. */
  readonly blocksCompleted: number;
  /** The grant that funds the block in progress; null only between two blocks, at a boundary. */
  readonly heldOn: GrantId | null;
  /** The charges that R9 would give back. Empty where R9 can no longer apply. */
  readonly standingCharges: readonly StandingCharge[];
}

export interface EndedSession extends SessionFacts {
  readonly state: 'ended';
  readonly endedAt: Instant;
  readonly endReason: EndReason;
  /** Units charged by the end itself, for the block in progress: 0 or 1. */
  readonly endUnits: number;
}

export type Session = ActiveSession | EndedSession;

/** One patient's grants and sessions: the unit of consistency. */
export interface Account {
  readonly patientId: PatientId;
  readonly grants: readonly Grant[];
  /** Every active session, and those ended ones that the command at hand speaks of. */
  readonly sessions: readonly Session[];
}

/** The role in which a user takes part in an appointment or session; null where the user does not. Never asked of the client. */
export function roleOf(parties: { patientId: PatientId; doctorId: UserId }, user: UserId): Role | null {
  if (user === parties.patientId) return 'patient';
  if (user === parties.doctorId) return 'doctor';
  return null;
}

export const activeSessions = (account: Account): readonly ActiveSession[] =>
  account.sessions.filter((session) => session.state === 'active');

/** @throws Error where the account has no such session: the caller loaded too little. */
export function sessionOf(account: Account, id: SessionId): Session {
  const session = account.sessions.find((candidate) => candidate.id === id);
  if (session === undefined) throw new Error(`account ${account.patientId} was loaded without session ${id}`);
  return session;
}

/** @throws Error where the account has no such grant: the caller loaded too little. */
export function grantOf(account: Account, id: GrantId): Grant {
  const grant = account.grants.find((candidate) => candidate.id === id);
  if (grant === undefined) throw new Error(`account ${account.patientId} was loaded without grant ${id}`);
  return grant;
}
