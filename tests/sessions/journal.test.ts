/** What a batch writes down: numbered without gaps, and taken back whole where a command breaks. */
import { describe, expect, test } from 'vitest';
import { type Actor, system } from '../../src/billing/account.ts';
import type { Change } from '../../src/billing/change.ts';
import { grantId, sessionId, userId } from '../../src/billing/ids.ts';
import { type Journal, openJournal } from '../../src/sessions/journal.ts';
import { aGrant, anAccount, anActiveSession, anAppointment, PATIENT, t } from '../billing/specimens.ts';

const ID = sessionId(1);
const patient: Actor = { role: 'patient', id: PATIENT };
const now = t('11:00');
const settled = { account: anAccount([aGrant({ held: 1 })], [anActiveSession()]), now };
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

const numbersIn = ({ work }: Journal) => work.events.map(({ eventNo, type }) => `${eventNo} ${type}`);

describe('the audit log of a session', () => {
  test('is numbered from 1 where nothing was stored before', () => {
    const journal = openJournal(new Map());
    journal.record(settled, [activity('patient'), charge], system);

    expect(numbersIn(journal)).toEqual(['1 activity', '2 deduction']);
  });

  test('goes on from the number that is stored, over several commands and messages', () => {
    const journal = openJournal(stored(41, 5));
    const after = journal.attempt(() => journal.record(settled, [charge], system));
    journal.attempt(() => journal.record(after, [activity('doctor')], patient));
    const first = journal.attempt(() => journal.storeMessage(message('a'), patient));
    const second = journal.attempt(() => journal.storeMessage(message('b'), patient));

    expect(numbersIn(journal)).toEqual(['42 deduction', '43 activity', '44 message', '45 message']);
    expect([first.messageNo, second.messageNo]).toEqual([6, 7]);
    expect(journal.work.eventCounts.get(ID)).toBe(45);
    expect(journal.work.messageCounts.get(ID)).toBe(7);
  });

  test('keeps the numbers of one session apart from those of another', () => {
    const journal = openJournal(stored(9, 0));
    const both = {
      ...settled,
      account: anAccount([aGrant({ held: 2 })], [anActiveSession(), anActiveSession({ id: 2 })]),
    };
    journal.record(both, [activity('doctor', sessionId(2)), activity('doctor')], system);

    expect(journal.work.events.map((event) => [event.sessionId, event.eventNo])).toEqual([
      [2, 1],
      [1, 10],
    ]);
  });

  test('has no gap where a command broke in between', () => {
    const journal = openJournal(stored(3, 1));
    journal.attempt(() => journal.storeMessage(message('a'), patient));
    expect(() =>
      journal.attempt(() => {
        journal.storeMessage(message('b'), patient);
        journal.storeMessage(message('c'), patient);
        throw new Error('broken');
      }),
    ).toThrow('broken');
    const next = journal.attempt(() => journal.storeMessage(message('d'), patient));

    expect(numbersIn(journal)).toEqual(['4 message', '5 message']);
    expect(next.messageNo).toBe(3);
    expect(journal.work.messages.map(({ clientMessageId }) => clientMessageId)).toEqual(['a', 'd']);
  });

  test('says the id of a message and never its text', () => {
    const journal = openJournal(new Map());
    journal.storeMessage(message('a'), patient);

    expect(journal.work.events[0]?.data).toEqual({ message_no: 1, client_message_id: 'a' });
    expect(JSON.stringify(journal.work.events)).not.toContain('the text of the message');
  });

  test('has one line for the first message of each role, and none for those after it', () => {
    const journal = openJournal(new Map());
    const roles = ['patient', 'patient', 'doctor', 'patient', 'doctor'] as const;
    journal.record(
      settled,
      roles.map((role) => activity(role)),
      patient,
    );

    expect(journal.work.events.map(({ data }) => data)).toEqual([{ role: 'patient' }, { role: 'doctor' }]);
  });

  test('tells when a thing was due from when it was written, and who did it', () => {
    const journal = openJournal(new Map());
    journal.record(settled, [charge], system);

    expect(journal.work.events[0]).toEqual({
      sessionId: 1,
      eventNo: 1,
      type: 'deduction',
      effectiveAt: t('10:00'),
      recordedAt: t('11:00'),
      actor: { role: 'system' },
      data: { interval_no: 1, reason: 'interval', units: 1, grant_id: 1 },
    });
    expect(journal.work.entries[0]).toMatchObject({
      entry: { effectiveAt: t('10:00'), balanceAfter: 4 },
      recordedAt: t('11:00'),
      note: null,
      idempotencyKey: null,
    });
  });

  test('carries the note of an admin who stepped in, in the log and in the ledger', () => {
    const journal = openJournal(new Map());
    const admin: Actor = { role: 'admin', id: userId(700) };
    journal.record(settled, [charge], admin, { note: 'by phone', idempotencyKey: 'key' });

    expect(journal.work.events[0]).toMatchObject({ actor: admin, data: { note: 'by phone' } });
    expect(journal.work.entries[0]).toMatchObject({ actor: admin, note: 'by phone', idempotencyKey: 'key' });
  });
});

describe('a command that breaks half-way', () => {
  test('leaves everything as the command before it left it', () => {
    const journal = openJournal(stored(3, 1));
    const after = journal.attempt(() => journal.record(settled, [activity('patient')], patient));
    journal.attempt(() => journal.storeAppointment(anAppointment()));
    const before = structuredClone(journal.work);

    expect(() =>
      journal.attempt(() => {
        journal.record(after, [charge, activity('doctor')], system);
        journal.storeMessage(message('a'), patient);
        journal.storeAppointment(anAppointment({ status: 'cancelled' }));
        journal.storeAppointment(anAppointment({ id: 2 }));
        throw new Error('broken');
      }),
    ).toThrow('broken');

    expect(journal.work).toEqual(before);
  });

  test('leaves nothing where it was the first', () => {
    const journal = openJournal(stored(3, 1));
    const before = structuredClone(journal.work);

    expect(() =>
      journal.attempt(() => {
        journal.record(settled, [charge], system);
        journal.record(settled, [charge], system);
        throw new Error('broken');
      }),
    ).toThrow('broken');
    expect(journal.work).toEqual(before);
  });

  test('by an impossible change takes back the possible ones before it', () => {
    const journal = openJournal(stored(3, 1));

    expect(() =>
      journal.attempt(() => journal.record(settled, [activity('patient'), charge, charge], system)),
    ).toThrow(/holds no unit/);
    expect(journal.work.changes).toEqual([]);
    expect(journal.work.entries).toEqual([]);
    expect(journal.work.events).toEqual([]);
    expect(journal.work.eventCounts.size).toBe(0);
  });
});
