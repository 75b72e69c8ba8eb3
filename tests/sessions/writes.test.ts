/** What a batch writes: what it changed, and not one row more. */
import { describe, expect, test } from 'vitest';
import { grantId, sessionId, type SessionId } from '../../src/billing/ids.ts';
import type { Loaded, SessionCounters, Writes } from '../../src/sessions/store.ts';
import { createHandlers } from '../../src/sessions/commands/handlers.ts';
import { openUnitOfWork, type Work } from '../../src/sessions/unit-of-work.ts';
import { isEmpty, writesOf } from '../../src/sessions/writes.ts';
import {
  ADMIN,
  aGrant,
  anAccount,
  anActiveSession,
  anAppointment,
  anEndedSession,
  CLINIC,
  clockOf,
  DOCTOR,
  t,
} from '../billing/specimens.ts';
import { of } from './engine.ts';

const handlers = createHandlers({ policy: CLINIC, window: { earlyStartMs: 0, startWindowMs: null } });
const counters = { eventCount: 7, messageCount: 3, nextDeadlineAt: t('10:00'), endRecordedAt: null };

/** Session 1 is active since minute 0, session 2 ended at minute 12; the account has two grants. */
const loadedAt = (clock: string): Loaded => ({
  now: t(clock),
  accounts: [
    anAccount(
      [aGrant({ held: 1 }), aGrant({ id: 2, total: 7 })],
      [anActiveSession({ hasDoctorActivity: true, lastActivityAt: t('1:00') }), anEndedSession({ id: 2 })],
    ),
  ],
  appointments: [anAppointment(), anAppointment({ id: 2 }), anAppointment({ id: 3 })],
  counters: new Map<SessionId, SessionCounters>([
    [sessionId(1), counters],
    [sessionId(2), { ...counters, nextDeadlineAt: null, endRecordedAt: t('12:01') }],
  ]),
  messages: [],
  entries: new Map(),
  corrections: [],
  newSessionIds: [sessionId(3)],
});

function written(clock: string, ...commands: ((work: Work) => unknown)[]): Writes {
  const loaded = loadedAt(clock);
  const unitOfWork = openUnitOfWork(loaded);
  for (const command of commands) unitOfWork.attempt(command);
  return writesOf(loaded, unitOfWork.recorded);
}

const settle = (work: Work) => handlers.settle.decide({ sessionId: sessionId(1) }, work);
const write = (work: Work) => handlers.recordActivity.decide(of(1, DOCTOR), work);
const start = (work: Work) => handlers.start.decide(of(3), work);
const end = (work: Work) => handlers.end.decide(of(1), work);

/** A unit of session 2, which ended long ago. */
const giveBack = (work: Work) => {
  const settled = work.accountOfSession(sessionId(2));
  if (settled === null) throw new Error('session 2 is not there');
  const block = {
    sessionId: sessionId(2),
    grantId: grantId(2),
    intervalNo: 1,
    reason: 'correction',
  } as const;
  work.record(settled, [{ kind: 'unit_refunded', at: settled.accountNow, ...block }], {
    role: 'admin',
    id: ADMIN,
  });
};

const rowsIn = ({ grants, sessions }: Writes) => ({
  grants: grants.map(({ grant, isNew }) => `${grant.id}${isNew ? ' new' : ''}`),
  sessions: sessions.map(({ session, isNew }) => `${session.id}${isNew ? ' new' : ''}`),
});

describe('a batch writes', () => {
  test('nothing where it only looked and nothing was due', () => {
    const writes = written('5:00', settle, settle);

    expect(isEmpty(writes)).toBe(true);
  });

  test('nothing where it was refused and nothing was due', () => {
    const refused = (work: Work) => handlers.end.decide(of(99), work);

    expect(isEmpty(written('5:00', refused))).toBe(true);
    expect(isEmpty(written('5:00', (work) => handlers.start.decide(of(2), work)))).toBe(true);
  });

  test('the one session that a message touched, and no grant', () => {
    const writes = written('5:00', write);

    expect(rowsIn(writes)).toEqual({ grants: [], sessions: ['1'] });
    expect(writes.events).toEqual([]);
    expect(isEmpty(writes)).toBe(false);
  });

  test('the session and the grant that a boundary touched, and not the grant beside it', () => {
    expect(rowsIn(written('10:00', settle))).toEqual({ grants: ['1'], sessions: ['1'] });
  });

  test('a session that started as new, with its hold', () => {
    const writes = written('5:00', start);

    expect(rowsIn(writes)).toEqual({ grants: ['1'], sessions: ['3 new'] });
    expect(writes.sessions[0]).toMatchObject({ eventCount: 1, messageCount: 0, endRecordedAt: null });
  });

  test('a session that started and ended in one batch once, as new and ended', () => {
    const writes = written('5:00', start, (work) => handlers.end.decide(of(3), work));

    expect(rowsIn(writes)).toEqual({ grants: ['1'], sessions: ['3 new'] });
    expect(writes.sessions[0]).toMatchObject({
      session: { state: 'ended', endedAt: t('5:00') },
      nextDeadlineAt: null,
      endRecordedAt: t('5:00'),
    });
  });

  test('a new grant as new, and an old one that changed as changed', () => {
    const put = (id: number, units: number) => (work: Work) =>
      handlers.putSubscription.decide(
        {
          grantId: grantId(id),
          patientId: anAccount([]).patientId,
          units,
          startsAt: null,
          expiresAt: null,
          version: null,
          admin: ADMIN,
        },
        work,
      );

    expect(rowsIn(written('5:00', put(5, 3), put(2, 9))).grants).toEqual(['2', '5 new']);
    expect(rowsIn(written('5:00', put(2, 7))).grants).toEqual([]);
  });

  test('an end with the time at which it was written down, which no later write moves', () => {
    const [row] = written('25:00', end).sessions;
    const refunded = written('25:00', giveBack).sessions.find(({ session }) => session.id === sessionId(2));

    expect(row).toMatchObject({ endRecordedAt: t('25:00'), nextDeadlineAt: null });
    expect(refunded).toMatchObject({
      session: { unitsUsed: 1 },
      endRecordedAt: t('12:01'),
      nextDeadlineAt: null,
    });
  });

  test('counts of events and messages that go on from what was stored', () => {
    const send = (work: Work) =>
      handlers.sendMessage.decide({ ...of(1), clientMessageId: 'a', text: 'Hello' }, work);
    const [row] = written('5:00', send).sessions;

    expect(row).toMatchObject({ eventCount: 9, messageCount: 4 });
  });
});

describe('the deadline that is stored', () => {
  const storedAfter = (clock: string, ...commands: ((work: Work) => unknown)[]) => {
    const row = written(clock, ...commands).sessions.find(({ session }) => session.id === sessionId(1));
    return row?.nextDeadlineAt === undefined || row.nextDeadlineAt === null
      ? null
      : clockOf(row.nextDeadlineAt);
  };

  test.each([
    ['5:00', '10:00'],
    ['9:59.999', '10:00'],
    ['10:00', '20:00'],
    ['29:59.999', '30:00'],
  ])('at %s, after a message, is %s', (clock, deadline) => {
    expect(storedAfter(clock, write)).toBe(deadline);
  });

  test('is none once the session has ended', () => {
    expect(storedAfter('5:00', end)).toBeNull();
  });
});
