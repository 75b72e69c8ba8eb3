import { system } from '../../src/billing/account.ts';
import { grantId, sessionId } from '../../src/billing/ids.ts';
import type { Writes } from '../../src/sessions/store.ts';
import {
  ADMIN,
  aGrant,
  anActiveSession,
  anAppointment,
  anEndedSession,
  PATIENT,
  t,
} from '../billing/specimens.ts';
import { anAct } from './an-act.ts';

const counters = { eventCount: 1, messageCount: 0, nextDeadlineAt: t('10:00'), endRecordedAt: null };

/** A batch that has something for every table, in each way in which it can be written. */
export const EVERY_WRITE: Writes = {
  appointments: [anAppointment()],
  grants: [
    { grant: aGrant({ id: 1 }), isNew: true },
    { grant: aGrant({ id: 2, until: '60:00' }), isNew: false },
  ],
  sessions: [
    { ...counters, session: anActiveSession({ id: 1 }), isNew: true },
    { ...counters, session: anActiveSession({ id: 2 }), isNew: false },
    {
      ...counters,
      session: anEndedSession({ id: 3 }),
      isNew: false,
      nextDeadlineAt: null,
      endRecordedAt: t('12:00'),
    },
  ],
  entries: [
    {
      entry: {
        patientId: PATIENT,
        grantId: grantId(1),
        sessionId: null,
        intervalNo: null,
        units: 5,
        balanceAfter: 5,
        effectiveAt: t('0:00'),
        kind: 'grant',
        reason: 'subscription',
        takesBack: null,
        terms: { startsAt: t('0:00'), expiresAt: null },
      },
      actor: { role: 'admin', id: ADMIN },
      recordedAt: t('0:00'),
      note: 'a "note"',
      idempotencyKey: 'a key',
    },
  ],
  events: [
    {
      sessionId: sessionId(1),
      eventNo: 1,
      type: 'started',
      effectiveAt: t('0:00'),
      recordedAt: t('0:00'),
      actor: system,
      data: { appointment_id: 1 },
    },
  ],
  messages: [
    {
      sessionId: sessionId(1),
      messageNo: 1,
      clientMessageId: '11111111-1111-4111-8111-111111111111',
      senderId: PATIENT,
      senderRole: 'patient',
      sentAt: t('1:00'),
      text: String.raw`with a comma, a "quote" and a \ `,
    },
  ],
  actions: [anAct({ action: 'patient.viewed', after: { note: 'with a "quote"' } })],
};

/** A batch that changes nothing. */
export const NO_WRITES: Writes = {
  appointments: [],
  grants: [],
  sessions: [],
  entries: [],
  events: [],
  messages: [],
  actions: [],
};

/** The same, a list at a time. */
export const ONE_LIST_EACH: readonly Writes[] = [
  { ...NO_WRITES, appointments: EVERY_WRITE.appointments },
  ...EVERY_WRITE.grants.map((row) => ({ ...NO_WRITES, grants: [row] })),
  ...EVERY_WRITE.sessions.map((row) => ({ ...NO_WRITES, sessions: [row] })),
  { ...NO_WRITES, entries: EVERY_WRITE.entries },
  { ...NO_WRITES, events: EVERY_WRITE.events },
  { ...NO_WRITES, messages: EVERY_WRITE.messages },
  { ...NO_WRITES, actions: EVERY_WRITE.actions },
];
