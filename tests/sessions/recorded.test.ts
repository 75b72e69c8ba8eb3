/** What a unit of work records: numbered without gaps, and undone whole where a command throws. */
import { describe, expect, test } from 'vitest';
import { type Actor, system } from '../../src/billing/account.ts';
import type { Change } from '../../src/billing/change.ts';
import { grantId, sessionId, userId } from '../../src/billing/ids.ts';
import type { Loaded } from '../../src/sessions/store.ts';
import { openUnitOfWork, type UnitOfWork } from '../../src/sessions/unit-of-work.ts';
import { aGrant, anAccount, anActiveSession, anAppointment, PATIENT, t } from '../billing/specimens.ts';

const ID = sessionId(1);
const patient: Actor = { role: 'patient', id: PATIENT };
const now = t('11:00');
const settled = { account: anAccount([aGrant({ held: 1 })], [anActiveSession()]), accountNow: now };
const stored = (eventCount: number, messageCount: number) =>
  new Map([[ID, { eventCount, messageCount, nextDeadlineAt: t('10:00'), endRecordedAt: null }]]);

const activity = (role: 'patient' | 'doctor', session = ID): Change => ({
  kind: 'activity_recorded',
  at: now,
  sessionId: session,
  role,
});
const charge: Change = {
  kind: 'unit_charged',
  at: t('10:00'),
  sessionId: ID,
  grantId: grantId(1),
  intervalNo: 1,
  reason: 'interval',
};
const message = (clientMessageId: string) => ({
  sessionId: ID,
  clientMessageId,
  senderId: PATIENT,
  senderRole: 'patient' as const,
  sentAt: now,
  text: 'the text of the message',
});

const open = (counters: Loaded['counters']): UnitOfWork =>
  openUnitOfWork({
    now,
    accounts: [],
    appointments: [],
    counters,
    messages: [],
    entries: new Map(),
    corrections: [],
    newSessionIds: [],
  });

const numbersIn = ({ recorded }: UnitOfWork) =>
  recorded.events.map(({ eventNo, type }) => `${eventNo} ${type}`);

describe('the audit log of a session', () => {
  test('is numbered from 1 where nothing was stored before', () => {
    const unitOfWork = open(new Map());
    unitOfWork.attempt((work) => work.record(settled, [activity('patient'), charge], system));

    expect(numbersIn(unitOfWork)).toEqual(['1 activity', '2 deduction']);
  });

  test('goes on from the number that is stored, over several commands and messages', () => {
    const unitOfWork = open(stored(41, 5));
    const after = unitOfWork.attempt((work) => work.record(settled, [charge], system));
    unitOfWork.attempt((work) => work.record(after, [activity('doctor')], patient));
    const first = unitOfWork.attempt((work) => work.storeMessage(message('a'), patient));
    const second = unitOfWork.attempt((work) => work.storeMessage(message('b'), patient));

    expect(numbersIn(unitOfWork)).toEqual(['42 deduction', '43 activity', '44 message', '45 message']);
    expect([first.messageNo, second.messageNo]).toEqual([6, 7]);
    expect(unitOfWork.recorded.eventCounts.get(ID)).toBe(45);
    expect(unitOfWork.recorded.messageCounts.get(ID)).toBe(7);
  });

  test('keeps the numbers of one session apart from those of another', () => {
    const unitOfWork = open(stored(9, 0));
    const both = {
      ...settled,
      account: anAccount([aGrant({ held: 2 })], [anActiveSession(), anActiveSession({ id: 2 })]),
    };
    unitOfWork.attempt((work) =>
      work.record(both, [activity('doctor', sessionId(2)), activity('doctor')], system),
    );

    expect(unitOfWork.recorded.events.map((event) => [event.sessionId, event.eventNo])).toEqual([
      [2, 1],
      [1, 10],
    ]);
  });

  test('has no gap where a command broke in between', () => {
    const unitOfWork = open(stored(3, 1));
    unitOfWork.attempt((work) => work.storeMessage(message('a'), patient));
    expect(() =>
      unitOfWork.attempt((work) => {
        work.storeMessage(message('b'), patient);
        work.storeMessage(message('c'), patient);
        throw new Error('broken');
      }),
    ).toThrow('broken');
    const next = unitOfWork.attempt((work) => work.storeMessage(message('d'), patient));

    expect(numbersIn(unitOfWork)).toEqual(['4 message', '5 message']);
    expect(next.messageNo).toBe(3);
    expect(unitOfWork.recorded.messages.map(({ clientMessageId }) => clientMessageId)).toEqual(['a', 'd']);
  });

  test('says the id of a message and never its text', () => {
    const unitOfWork = open(new Map());
    unitOfWork.attempt((work) => work.storeMessage(message('a'), patient));

    expect(unitOfWork.recorded.events[0]?.data).toEqual({ message_no: 1, client_message_id: 'a' });
    expect(JSON.stringify(unitOfWork.recorded.events)).not.toContain('the text of the message');
  });

  test('has one line for the first message of each role, and none for those after it', () => {
    const unitOfWork = open(new Map());
    const roles = ['patient', 'patient', 'doctor', 'patient', 'doctor'] as const;
    const activities = roles.map((role) => activity(role));
    unitOfWork.attempt((work) => work.record(settled, activities, patient));

    expect(unitOfWork.recorded.events.map(({ data }) => data)).toEqual([
      { role: 'patient' },
      { role: 'doctor' },
    ]);
  });

  test('tells when a thing was due from when it was written, and who did it', () => {
    const unitOfWork = open(new Map());
    unitOfWork.attempt((work) => work.record(settled, [charge], system));

    expect(unitOfWork.recorded.events[0]).toEqual({
      sessionId: 1,
      eventNo: 1,
      type: 'deduction',
      effectiveAt: t('10:00'),
      recordedAt: t('11:00'),
      actor: { role: 'system' },
      data: { interval_no: 1, reason: 'interval', units: 1, grant_id: 1 },
    });
    expect(unitOfWork.recorded.entries[0]).toMatchObject({
      entry: { effectiveAt: t('10:00'), balanceAfter: 4 },
      recordedAt: t('11:00'),
      note: null,
      idempotencyKey: null,
    });
  });

  test('carries the note of an admin who stepped in, in the log and in the ledger', () => {
    const unitOfWork = open(new Map());
    const admin: Actor = { role: 'admin', id: userId(700) };
    unitOfWork.attempt((work) =>
      work.record(settled, [charge], admin, { note: 'by phone', idempotencyKey: 'key' }),
    );

    expect(unitOfWork.recorded.events[0]).toMatchObject({ actor: admin, data: { note: 'by phone' } });
    expect(unitOfWork.recorded.entries[0]).toMatchObject({
      actor: admin,
      note: 'by phone',
      idempotencyKey: 'key',
    });
  });
});

describe('a command that breaks half-way', () => {
  test('leaves everything as the command before it left it', () => {
    const unitOfWork = open(stored(3, 1));
    const after = unitOfWork.attempt((work) => work.record(settled, [activity('patient')], patient));
    unitOfWork.attempt((work) => work.storeAppointment(anAppointment()));
    const before = structuredClone(unitOfWork.recorded);

    expect(() =>
      unitOfWork.attempt((work) => {
        work.record(after, [charge, activity('doctor')], system);
        work.storeMessage(message('a'), patient);
        work.storeAppointment(anAppointment({ status: 'cancelled' }));
        work.storeAppointment(anAppointment({ id: 2 }));
        throw new Error('broken');
      }),
    ).toThrow('broken');

    expect(unitOfWork.recorded).toEqual(before);
  });

  test('leaves nothing where it was the first', () => {
    const unitOfWork = open(stored(3, 1));
    const before = structuredClone(unitOfWork.recorded);

    expect(() =>
      unitOfWork.attempt((work) => {
        work.record(settled, [charge], system);
        work.record(settled, [charge], system);
        throw new Error('broken');
      }),
    ).toThrow('broken');
    expect(unitOfWork.recorded).toEqual(before);
  });

  test('by an impossible change takes back the possible ones before it', () => {
    const unitOfWork = open(stored(3, 1));

    expect(() =>
      unitOfWork.attempt((work) => work.record(settled, [activity('patient'), charge, charge], system)),
    ).toThrow(/holds no unit/);
    expect(unitOfWork.recorded.changes).toEqual([]);
    expect(unitOfWork.recorded.entries).toEqual([]);
    expect(unitOfWork.recorded.events).toEqual([]);
    expect(unitOfWork.recorded.eventCounts.size).toBe(0);
  });
});
