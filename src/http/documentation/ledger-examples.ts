import { ledgerEntryId } from '../../billing/ids.ts';
import type { Instant } from '../../billing/time.ts';
import type { Balance, LedgerRecord, Receipt, Timeline } from '../../sessions/reads.ts';
import { admin, afterTheEnd, appointment, doctor, grant, message, minute, patient } from './examples.ts';

/** What the example conversation left in the books. */

const { session } = afterTheEnd;

const charge = (intervalNo: number, at: Instant): LedgerRecord => ({
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
});

export const charges = [charge(1, minute(10)), charge(2, minute(20)), charge(3, minute(25))];

export const refund: LedgerRecord = {
  ...charge(3, minute(60)),
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

export const receipt: Receipt = {
  kind: 'receipt',
  view: afterTheEnd,
  blocks: charges.map(({ intervalNo, reason, effectiveAt, recordedAt }, index) => ({
    intervalNo: intervalNo ?? 0,
    startsAt: minute(index * 10),
    endsAt: effectiveAt,
    state: 'charged',
    units: 1,
    reason,
    grantId: grant.id,
    effectiveAt,
    recordedAt,
  })),
};

export const balance: Balance = {
  patientId: patient,
  grants: [grant],
  remainingUnits: 2,
  heldUnits: 0,
  availableUnits: 2,
  now: minute(25),
};

export const timeline: Timeline = {
  view: afterTheEnd,
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
  entries: charges,
};
