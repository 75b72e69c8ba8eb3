/** What commands answer to participants: start, activity, message, end. */
import { describe, expect, test } from 'vitest';
import { DOCTOR, PATIENT, STRANGER, t } from '../billing/specimens.ts';
import { accountIn, book, of, openEngine } from './engine.ts';

async function running(policy = {}, units = 5) {
  const engine = openEngine({ policy });
  await book(engine, units, [1, 2]);
  await engine.executor.execute('start', of(1));
  const send = (caller: typeof PATIENT, clientMessageId: string, text = 'Hello') =>
    engine.executor.execute('sendMessage', { ...of(1, caller), clientMessageId, text });
  return { ...engine, send };
}

describe('starting a session', () => {
  test('shows the caller the units, the next charge and how long they last', async () => {
    const { executor } = openEngine();
    await book({ executor });

    expect(await executor.execute('start', of(1, DOCTOR))).toMatchObject({
      kind: 'started',
      session: {
        session: { state: 'active', startedAt: t('0:00'), unitsUsed: 0, heldOn: 1 },
        remainingUnits: 5,
        availableUnits: 4,
        nextDeductionAt: t('10:00'),
        fundedUntil: t('50:00'),
        accountNow: t('0:00'),
      },
    });
  });

  test('again, by the other side and later, answers with the session that runs', async () => {
    const { executor, setClock, store } = await running();
    setClock(t('9:00'));

    expect(await executor.execute('start', of(1, DOCTOR))).toMatchObject({
      kind: 'already_active',
      session: { session: { startedAt: t('0:00') }, accountNow: t('9:00') },
    });
    expect(accountIn(store).sessions).toHaveLength(1);
  });

  test('after the end is refused, with the session that is over', async () => {
    const { executor } = await running();
    await executor.execute('end', of(1));

    expect(await executor.execute('start', of(1))).toMatchObject({
      kind: 'refused',
      code: 'session_ended',
      session: { session: { state: 'ended' }, nextDeductionAt: null, fundedUntil: null },
    });
  });

  test('is refused with the reason alone where there is no session to show', async () => {
    const { executor } = openEngine();
    await book({ executor }, 0);

    expect(await executor.execute('start', of(9))).toEqual({
      kind: 'refused',
      code: 'appointment_not_found',
    });
    expect(await executor.execute('start', of(1, STRANGER))).toEqual({
      kind: 'refused',
      code: 'not_a_participant',
    });
    expect(await executor.execute('start', of(1))).toEqual({
      kind: 'refused',
      code: 'insufficient_sessions',
    });
  });

  test('of a third user tells nothing of the session that runs', async () => {
    const { executor } = await running();

    expect(await executor.execute('start', of(1, STRANGER))).toEqual({
      kind: 'refused',
      code: 'not_a_participant',
    });
  });

  test('is logged with who started and under which policy', async () => {
    const { store } = await running({ idleMs: 120_000 });

    expect(store.tables().events).toMatchObject([
      {
        eventNo: 1,
        type: 'started',
        actor: { role: 'patient', id: PATIENT },
        data: { policy: { idleMs: 120_000 } },
      },
    ]);
  });
});

describe('a message', () => {
  test('is stored with its number, its sender and the role that was looked up', async () => {
    const { send, setClock } = await running();
    setClock(t('1:00'));
    await send(PATIENT, 'a');

    expect(await send(DOCTOR, 'b', 'Good morning')).toEqual({
      kind: 'stored',
      message: {
        sessionId: 1,
        messageNo: 2,
        clientMessageId: 'b',
        senderId: DOCTOR,
        senderRole: 'doctor',
        sentAt: t('1:00'),
        text: 'Good morning',
      },
    });
  });

  test('counts as activity of its sender', async () => {
    const { send, setClock, store } = await running();
    setClock(t('9:59.999'));
    await send(DOCTOR, 'a');

    expect(accountIn(store).sessions[0]).toMatchObject({
      hasDoctorActivity: true,
      hasPatientActivity: false,
      lastActivityAt: t('9:59.999'),
    });
  });

  test('that is sent again is answered as the first time, and is no activity', async () => {
    const { send, setClock, store } = await running();
    const first = await send(PATIENT, 'a');
    setClock(t('5:00'));
    const again = await send(PATIENT, 'a');

    expect(first.kind).toBe('stored');
    expect(again).toEqual({ ...first, kind: 'stored_before' });
    expect(accountIn(store).sessions[0]).toMatchObject({ lastActivityAt: t('0:00') });
    expect(store.tables().messages).toHaveLength(1);
  });

  test('that is sent twice at once is stored once', async () => {
    const { seen, send, store } = await running();
    seen.length = 0;
    const [first, second] = await Promise.all([send(PATIENT, 'a'), send(PATIENT, 'a')]);

    expect([first.kind, second.kind]).toEqual(['stored', 'stored_before']);
    expect(seen).toEqual(['committed 2']);
    expect(store.tables().messages).toHaveLength(1);
  });

  test.each([
    ['another text', PATIENT, 'Something else'],
    ['another sender', DOCTOR, 'Hello'],
  ])('with %s under the same id is refused', async (_what, caller, text) => {
    const { send } = await running();
    await send(PATIENT, 'a');

    expect(await send(caller, 'a', text)).toEqual({ kind: 'refused', code: 'message_id_reused' });
  });

  test('that was stored is answered also after the end; a new one is refused, with the session', async () => {
    const { executor, send } = await running();
    const first = await send(PATIENT, 'a');
    await executor.execute('end', of(1));

    expect(await send(PATIENT, 'a')).toEqual({ ...first, kind: 'stored_before' });
    expect(await send(PATIENT, 'b')).toMatchObject({
      code: 'session_ended',
      session: { session: { state: 'ended', endReason: 'manual_end' } },
    });
  });

  test('at the deadline itself is too late, and the ending stays', async () => {
    const { send, setClock, store } = await running();
    setClock(t('10:00'));

    expect(await send(PATIENT, 'a')).toMatchObject({ code: 'session_ended' });
    expect(store.tables().messages).toEqual([]);
    expect(accountIn(store)).toMatchObject({
      sessions: [{ endReason: 'no_activity', endedAt: t('10:00') }],
      grants: [{ remaining: 4, held: 0 }],
    });
  });
});

describe('a caller who takes no part in the appointment', () => {
  test.each([
    ['records no activity', 'recordActivity'],
    ['ends nothing', 'end'],
  ] as const)('%s, and changes nothing', async (_what, kind) => {
    const { executor, store } = await running();
    const before = store.tables();

    expect(await executor.execute(kind, of(1, STRANGER))).toEqual({
      kind: 'refused',
      code: 'not_a_participant',
    });
    expect(await executor.execute(kind, of(99, STRANGER))).toEqual({
      kind: 'refused',
      code: 'appointment_not_found',
    });
    expect(store.tables()).toEqual(before);
  });

  test('sends no message', async () => {
    const { send, store } = await running();

    expect(await send(STRANGER, 'a')).toEqual({ kind: 'refused', code: 'not_a_participant' });
    expect(store.tables().messages).toEqual([]);
  });
});

test.each(['recordActivity', 'end'] as const)(
  '%s is refused before the appointment has a session, and changes nothing',
  async (kind) => {
    const { executor, store } = await running();
    const before = store.tables();

    expect(await executor.execute(kind, of(2))).toEqual({ kind: 'refused', code: 'no_active_session' });
    expect(store.tables()).toEqual(before);
  },
);

describe('ending a session', () => {
  test('answers with what this end charged and what was used in all', async () => {
    const { executor, setClock, send } = await running();
    await send(PATIENT, 'a');
    setClock(t('25:00'));

    expect(await executor.execute('end', of(1, DOCTOR))).toMatchObject({
      kind: 'ended',
      session: {
        session: { endReason: 'manual_end', endUnits: 1, unitsUsed: 3, endedAt: t('25:00') },
        remainingUnits: 2,
        availableUnits: 2,
      },
    });
  });

  test('again, by the other side and later, answers with the stored result and charges nothing', async () => {
    const { executor, setClock, store } = await running();
    setClock(t('2:00'));
    const first = await executor.execute('end', of(1));
    setClock(t('30:00'));
    const entries = store.tables().entries;

    const again = await executor.execute('end', of(1, DOCTOR));

    expect(again).toMatchObject({ kind: 'ended_before' });
    expect('session' in again && again.session?.session).toEqual(
      'session' in first && first.session?.session,
    );
    expect(store.tables().entries).toEqual(entries);
  });

  test('where it ended by itself meanwhile answers with that end', async () => {
    const { executor, setClock } = await running();
    setClock(t('30:00'));

    expect(await executor.execute('end', of(1))).toMatchObject({
      kind: 'ended_before',
      session: { session: { endReason: 'no_activity', endedAt: t('10:00'), endUnits: 1 } },
    });
  });
});
