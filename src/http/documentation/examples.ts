import type { ActiveSession, Appointment, EndedSession, Grant } from '../../billing/account.ts';
import { appointmentId, grantId, sessionId, userId } from '../../billing/ids.ts';
import { type Instant, after, instant } from '../../billing/time.ts';
import type { StoredMessage } from '../../sessions/store.ts';
import type { Status } from '../../sessions/reads.ts';
import { sessionView } from '../../sessions/session-view.ts';

/**
 * One conversation, told in the engine's own values: started at 09:00, ended by hand at 09:25, three units from
 * a grant of five. The documentation shows what the routes make of these values, so it cannot say anything
 * that a route would not.
 */
const MINUTE_MS = 60_000;
const nine = instant(Date.UTC(2026, 10, 22, 9));
export const minute = (count: number): Instant => after(nine, count * MINUTE_MS);

export const admin = userId(7);
export const patient = userId(1001);
export const doctor = userId(2002);

export const appointment: Appointment = {
  id: appointmentId(501),
  patientId: patient,
  doctorId: doctor,
  type: 'text',
  status: 'confirmed',
  scheduledAt: nine,
  timeZone: 'Africa/Blantyre',
};

export const grant: Grant = {
  id: grantId(31),
  patientId: patient,
  unitsSubscribed: 5,
  unitsTotal: 5,
  remaining: 2,
  held: 0,
  startsAt: instant(Date.UTC(2026, 10, 1)),
  expiresAt: instant(Date.UTC(2026, 11, 1)),
};

const facts = {
  id: sessionId(9001),
  appointmentId: appointment.id,
  patientId: patient,
  doctorId: doctor,
  policy: {
    intervalMs: 10 * MINUTE_MS,
    firstActivityMs: 10 * MINUTE_MS,
    noActivityUnits: 1,
    endGraceMs: 0,
    idleMs: null,
    doctorResponseMs: null,
    maxDurationMs: null,
  },
  startedAt: nine,
  hasPatientActivity: true,
  hasDoctorActivity: true,
  firstPatientActivityAt: minute(1),
} as const;

const active: ActiveSession = {
  ...facts,
  state: 'active',
  lastActivityAt: minute(12),
  unitsUsed: 1,
  blocksCompleted: 1,
  heldOn: grant.id,
  standingCharges: [],
};

const ended: EndedSession = {
  ...facts,
  state: 'ended',
  lastActivityAt: minute(24),
  unitsUsed: 3,
  endedAt: minute(25),
  endReason: 'manual_end',
  endUnits: 1,
};

export const started = sessionView(
  {
    ...active,
    hasPatientActivity: false,
    hasDoctorActivity: false,
    firstPatientActivityAt: null,
    lastActivityAt: null,
    unitsUsed: 0,
    blocksCompleted: 0,
  },
  { patientId: patient, grants: [{ ...grant, remaining: 5, held: 1 }], sessions: [] },
  nine,
);

export const afterTwelveMinutes = sessionView(
  active,
  { patientId: patient, grants: [{ ...grant, remaining: 4, held: 1 }], sessions: [active] },
  minute(12),
);

export const afterTheEnd = sessionView(
  ended,
  { patientId: patient, grants: [grant], sessions: [ended] },
  minute(25),
);

export const inProgress: Status = { kind: 'session', view: afterTwelveMinutes };

export const notStarted: Status = {
  kind: 'not_started',
  appointment,
  remainingUnits: 5,
  availableUnits: 5,
  now: minute(-5),
};

export const message: StoredMessage = {
  sessionId: facts.id,
  messageNo: 1,
  clientMessageId: 'f3c2b1a0-5d4e-4f6a-8b7c-9d0e1f2a3b4c',
  senderId: patient,
  senderRole: 'patient',
  sentAt: minute(1),
  text: 'Good morning, doctor.',
};
