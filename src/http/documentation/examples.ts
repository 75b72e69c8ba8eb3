import type { LoggedEvent } from '../../sessions/feed.ts';
import type { ActiveSession, Appointment, EndedSession, Grant } from '../../billing/account.ts';
import { appointmentId, grantId, ledgerEntryId, sessionId, userId } from '../../billing/ids.ts';
import { type Instant, after, instant } from '../../billing/time.ts';
import type { StoredMessage } from '../../sessions/store.ts';
import type { Balance, Status } from '../../sessions/reads.ts';
import type { Timeline, TimelineEntry } from '../../sessions/timeline.ts';
import type { OwnAppointment } from '../../sessions/own-appointments.ts';
import type { Page } from '../../sessions/page.ts';
import type { AppointmentCursor, LedgerRecord } from '../../sessions/records.ts';
import { type Receipt, receiptBlocks } from '../../sessions/receipt.ts';
import { sessionView } from '../../sessions/view.ts';

/**
 * One conversation, in the engine's own values: started at 09:00, ended by hand at 09:25, three units from
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
  terms: null,
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
  version: null,
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
  {
    account: { patientId: patient, grants: [{ ...grant, remaining: 5, held: 1 }], sessions: [] },
    accountNow: nine,
  },
  { eventNo: 1, messageNo: 0 },
);

export const afterTwelveMinutes = sessionView(
  active,
  {
    account: { patientId: patient, grants: [{ ...grant, remaining: 4, held: 1 }], sessions: [active] },
    accountNow: minute(12),
  },
  { eventNo: 5, messageNo: 2 },
);

export const afterTheEnd = sessionView(
  ended,
  { account: { patientId: patient, grants: [grant], sessions: [ended] }, accountNow: minute(25) },
  { eventNo: 12, messageNo: 6 },
);

export const inProgress: Status = { kind: 'session', view: afterTwelveMinutes };

export const notStarted: Status = {
  kind: 'not_started',
  appointment,
  remainingUnits: 5,
  availableUnits: 5,
  accountNow: minute(-5),
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

export const messageEvent: LoggedEvent = {
  sessionId: facts.id,
  eventNo: 5,
  type: 'message',
  effectiveAt: message.sentAt,
  recordedAt: message.sentAt,
  actor: { role: 'patient', id: patient },
  data: { message_no: message.messageNo, client_message_id: message.clientMessageId },
  message,
  unitsUsed: null,
};

/** What the example conversation left in the books. */

const { session } = afterTheEnd;

const chargeOf = (intervalNo: number, at: Instant): LedgerRecord => ({
  id: ledgerEntryId(70_000 + intervalNo),
  patientId: patient,
  doctorId: doctor,
  grantId: grant.id,
  sessionId: session.id,
  appointmentId: appointment.id,
  kind: 'charge',
  reason: intervalNo === 3 ? 'manual_end' : 'interval',
  units: -1,
  intervalNo,
  effectiveAt: at,
  recordedAt: at,
  balanceAfter: 5 - intervalNo,
  actor: intervalNo === 3 ? { role: 'doctor', id: doctor } : { role: 'system' },
  note: null,
  takesBack: null,
});

export const charges = [chargeOf(1, minute(10)), chargeOf(2, minute(20)), chargeOf(3, minute(25))];

export const refund: LedgerRecord = {
  ...chargeOf(3, minute(60)),
  id: ledgerEntryId(70_004),
  kind: 'refund',
  reason: 'correction',
  units: 1,
  balanceAfter: 3,
  actor: { role: 'admin', id: admin },
  note: 'The connection of the clinic failed in the last minutes',
};

export const adjustment: LedgerRecord = {
  ...refund,
  id: ledgerEntryId(70_005),
  doctorId: null,
  sessionId: null,
  appointmentId: null,
  kind: 'adjustment',
  units: 2,
  intervalNo: null,
  balanceAfter: 5,
  note: 'Two sessions as an apology',
};

const neverTakenBack = (entry: LedgerRecord): TimelineEntry => ({ ...entry, takenBack: null });
const entries = charges.map(neverTakenBack);

const explainable = {
  view: afterTheEnd,
  blocks: receiptBlocks(session, entries),
  ending: { actor: { role: 'doctor', id: doctor }, note: null, recordedAt: minute(25) },
} as const;

export const receipt: Receipt = { kind: 'receipt', ...explainable };

export const balance: Balance = {
  patientId: patient,
  grants: [grant],
  remainingUnits: 2,
  heldUnits: 0,
  availableUnits: 2,
  accountNow: minute(25),
};

export const ownAppointments: Page<OwnAppointment, AppointmentCursor> = {
  items: [{ appointment, view: afterTwelveMinutes }],
  nextCursor: null,
};

export const timeline: Timeline = {
  ...explainable,
  events: [
    {
      sessionId: session.id,
      eventNo: 1,
      type: 'started',
      effectiveAt: session.startedAt,
      recordedAt: session.startedAt,
      actor: { role: 'patient', id: patient },
      data: {
        appointment_id: appointment.id,
        patient_id: patient,
        doctor_id: doctor,
        policy: { ...session.policy },
      },
    },
    {
      sessionId: session.id,
      eventNo: 2,
      type: 'message',
      effectiveAt: minute(1),
      recordedAt: minute(1),
      actor: { role: 'patient', id: patient },
      data: { message_no: 1, client_message_id: message.clientMessageId },
    },
    {
      sessionId: session.id,
      eventNo: 3,
      type: 'deduction',
      effectiveAt: minute(10),
      recordedAt: minute(10),
      actor: { role: 'system' },
      data: { interval_no: 1, reason: 'interval', units: 1, grant_id: grant.id },
    },
  ],
  entries,
  workersAway: new Map(),
};
