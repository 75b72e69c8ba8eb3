/**
 * Made-up grants and sessions for the tests of the rules. The day begins when session 1 starts: `t('10:00')` is
 * ten minutes later. A test names what is special in it; everything else is the plainest that there is.
 */
import type {
  Account,
  ActiveSession,
  Appointment,
  EndedSession,
  Grant,
  Session,
} from '../../src/billing/account.ts';
import { appointmentId, grantId, sessionId, userId } from '../../src/billing/ids.ts';
import type { Policy } from '../../src/billing/policy.ts';
import { instant, type Instant } from '../../src/billing/time.ts';

/** The defaults of the engine: blocks of ten minutes, and every optional rule off. */
export const CLINIC: Policy = {
  intervalMs: 600_000,
  firstActivityMs: 600_000,
  noActivityUnits: 1,
  endGraceMs: 0,
  idleMs: null,
  doctorResponseMs: null,
  maxDurationMs: null,
};

export const PATIENT = userId(7);
export const DOCTOR = userId(70);
export const ADMIN = userId(700);
export const STRANGER = userId(7000);

const DAY_BEGINS_AT_MS = 1_800_000_000_000;

/** `t('9:59.999')`, minutes and seconds after the day began; `t('-5:00')` before it. */
export function t(clock: string): Instant {
  const parts = /^(-?)(\d+):([0-5]\d)(?:\.(\d{3}))?$/.exec(clock);
  if (parts === null) throw new Error(`write a time as 9:59 or 9:59.999, not as ${clock}`);
  const [, sign, minutes, seconds, millis] = parts;
  const ms = Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(millis ?? 0);
  return instant(DAY_BEGINS_AT_MS + (sign === '-' ? -ms : ms));
}

/** The way back: `9:59.999`. */
export function clockOf(at: Instant): string {
  const ms = Math.abs(at - DAY_BEGINS_AT_MS);
  const seconds = String(Math.floor(ms / 1000) % 60).padStart(2, '0');
  const millis = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`;
  return `${at < DAY_BEGINS_AT_MS ? '-' : ''}${Math.floor(ms / 60_000)}:${seconds}${millis}`;
}

type GrantTerms = {
  id?: number;
  units?: number;
  held?: number;
  total?: number;
  from?: string;
  until?: string;
};

export function aGrant({ id = 1, units = 5, held = 0, total = units, from, until }: GrantTerms = {}): Grant {
  return {
    id: grantId(id),
    patientId: PATIENT,
    unitsSubscribed: total,
    unitsTotal: total,
    remaining: units,
    held,
    startsAt: t(from ?? '-60:00'),
    expiresAt: until === undefined ? null : t(until),
    version: null,
  };
}

export function anAppointment(facts: Partial<Omit<Appointment, 'id'>> & { id?: number } = {}): Appointment {
  return {
    patientId: PATIENT,
    doctorId: DOCTOR,
    type: 'text',
    status: 'confirmed',
    scheduledAt: t('0:00'),
    timeZone: null,
    terms: null,
    ...facts,
    id: appointmentId(facts.id ?? 1),
  };
}

const factsOf = (id: number) => ({
  id: sessionId(id),
  appointmentId: appointmentId(id),
  patientId: PATIENT,
  doctorId: DOCTOR,
  policy: CLINIC,
  startedAt: t('0:00'),
  hasPatientActivity: false,
  hasDoctorActivity: false,
  firstPatientActivityAt: null,
  lastActivityAt: null,
  unitsUsed: 0,
});

/** In its first block, which is held on grant 1. Nobody wrote yet. */
export const anActiveSession = (facts: Partial<Omit<ActiveSession, 'id' | 'state'>> & { id?: number } = {}) =>
  ({
    ...factsOf(1),
    blocksCompleted: 0,
    heldOn: grantId(1),
    standingCharges: [],
    ...facts,
    ...idsFrom(facts.id ?? 1),
    state: 'active',
  }) satisfies ActiveSession;

/** Ended by hand after twelve minutes, two units used. */
export const anEndedSession = (facts: Partial<Omit<EndedSession, 'id' | 'state'>> & { id?: number } = {}) =>
  ({
    ...factsOf(1),
    unitsUsed: 2,
    endedAt: t('12:00'),
    endReason: 'manual_end',
    endUnits: 1,
    ...facts,
    ...idsFrom(facts.id ?? 1),
    state: 'ended',
  }) satisfies EndedSession;

const idsFrom = (id: number) => ({ id: sessionId(id), appointmentId: appointmentId(id) });

export const anAccount = (grants: readonly Grant[], sessions: readonly Session[] = []): Account => ({
  patientId: PATIENT,
  grants,
  sessions,
});
