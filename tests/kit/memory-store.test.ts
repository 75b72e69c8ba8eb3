/** The control of the tests without PostgreSQL: their database refuses what the real one refuses, and keeps nothing of it. */
import { describe, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import type { EntryRow, Writes } from '../../src/sessions/store.ts';
import { anActiveSession, anAppointment, anEndedSession, DOCTOR, PATIENT, t } from '../billing/specimens.ts';
import { book, of, openEngine } from '../sessions/engine.ts';
import { NO_WRITES } from '../storage/every-write.ts';

/** Session 1 ended at minute 12 with two charges; session 2 runs. */
async function stored() {
  const engine = openEngine();
  const { executor, setClock, store } = engine;
  await book(engine, 5, [1, 2]);
  await executor.execute('start', of(1));
  await executor.execute('sendMessage', { ...of(1), clientMessageId: 'a', text: 'Hello' });
  setClock(t('12:00'));
  await executor.execute('end', of(1));
  await executor.execute('start', of(2, DOCTOR));
  const write = (writes: Partial<Writes>) =>
    store.transact({ patients: [PATIENT] }, () => ({ writes: { ...NO_WRITES, ...writes }, result: null }));
  const { entries, grants, sessions, events, messages } = store.tables();
  const [first] = grants.values();
  const charge = entries.find(({ entry }) => entry.kind === 'charge');
  if (first === undefined || charge === undefined) throw new Error('there is nothing to try');
  return { store, write, grant: first, charge, sessions, events, messages };
}

const facts = { eventCount: 1, messageCount: 0, nextDeadlineAt: t('30:00'), endRecordedAt: null };

describe('the database of the tests', () => {
  test.each([
    ['ledger_one_charge_per_block', ({ charge }) => ({ entries: [charge] })],
    ['ledger_kind_shape', ({ charge }) => ({ entries: [changed(charge, { units: -2, intervalNo: 9 })] })],
    ['ledger_kind_shape', ({ charge }) => ({ entries: [changed(charge, { intervalNo: null })] })],
    [
      'ledger_refund_has_charge',
      ({ charge }) => ({ entries: [changed(charge, { kind: 'refund', units: 1, intervalNo: 9 })] }),
    ],
    [
      'ledger_one_refund_per_charge',
      ({ charge }) => {
        const refund = changed(charge, { kind: 'refund', units: 1 });
        return { entries: [refund, refund] };
      },
    ],
    [
      'ledger_balance_not_negative',
      ({ charge }) => ({ entries: [changed(charge, { intervalNo: 9, balanceAfter: -1 })] }),
    ],
    [
      'ledger_recorded_when_due_or_later',
      ({ charge }) => ({ entries: [{ ...changed(charge, { intervalNo: 9 }), recordedAt: t('9:59') }] }),
    ],
    [
      'grants_units_within_bounds',
      ({ grant }) => ({ grants: [{ grant: { ...grant, held: 9 }, isNew: false }] }),
    ],
    [
      'grants_units_within_bounds',
      ({ grant }) => ({ grants: [{ grant: { ...grant, remaining: 9 }, isNew: false }] }),
    ],
    [
      'grants_validity_not_empty',
      ({ grant }) => ({ grants: [{ grant: { ...grant, expiresAt: grant.startsAt }, isNew: false }] }),
    ],
    ['grants_pkey', ({ grant }) => ({ grants: [{ grant, isNew: true }] })],
    [
      'sessions_one_per_appointment',
      () => ({
        sessions: [
          {
            ...facts,
            session: { ...anActiveSession({ id: 9 }), appointmentId: anAppointment().id },
            isNew: true,
          },
        ],
      }),
    ],
    [
      'sessions_end_all_or_nothing',
      () => ({
        sessions: [{ ...facts, session: anActiveSession({ id: 2, heldOn: null }), isNew: false }],
      }),
    ],
    [
      'sessions_ended_is_final',
      () => ({
        sessions: [{ ...facts, session: anActiveSession(), isNew: false }],
      }),
    ],
    [
      'sessions_ended_is_final',
      () => ({
        sessions: [
          {
            ...facts,
            nextDeadlineAt: null,
            endRecordedAt: t('12:00'),
            session: anEndedSession({ endedAt: t('13:00') }),
            isNew: false,
          },
        ],
      }),
    ],
    ['session_events_pkey', ({ events }) => ({ events: events.slice(0, 1) })],
    [
      'messages_one_per_client_id',
      ({ messages }) => ({
        messages: messages.map((message) => Object.assign({}, message, { messageNo: 7 })),
      }),
    ],
    ['appointments_two_people', () => ({ appointments: [anAppointment({ doctorId: PATIENT })] })],
  ] satisfies [string, (there: Awaited<ReturnType<typeof stored>>) => Partial<Writes>][])(
    'keeps %s (%#)',
    async (constraint, writesFor) => {
      const there = await stored();
      const before = there.store.tables();

      await expect(there.write(writesFor(there))).rejects.toThrow(`the write violates ${constraint}`);
      expect(there.store.tables()).toEqual(before);
    },
  );

  test('takes a refund of what an ended session was charged: the control of the refusals above', async () => {
    const { charge, sessions, store, write } = await stored();
    const row = sessions.get(sessionId(1));
    if (row?.session.state !== 'ended') throw new Error('session 1 has to be over');
    await write({
      entries: [changed(charge, { kind: 'refund', units: 1 })],
      sessions: [{ ...row, session: { ...row.session, unitsUsed: 1 }, isNew: false }],
    });

    expect(store.tables().sessions.get(sessionId(1))?.session.unitsUsed).toBe(1);
  });
});

const changed = (row: EntryRow, entry: Partial<EntryRow['entry']>): EntryRow => ({
  ...row,
  entry: { ...row.entry, ...entry },
});
