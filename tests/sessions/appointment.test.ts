/** What the clinic's system is answered when it stores an appointment. */
import { describe, expect, test } from 'vitest';
import { appointmentId } from '../../src/billing/ids.ts';
import { ADMIN, anAppointment, DOCTOR, PATIENT, STRANGER, t } from '../billing/specimens.ts';
import { accountIn, book, of, openEngine, running } from './engine.ts';

describe('an appointment', () => {
  test('may change in every way until it has a session', async () => {
    const { executor } = openEngine();
    const put = (facts: Parameters<typeof anAppointment>[0]) =>
      executor.execute('putAppointment', { appointment: anAppointment(facts), admin: ADMIN });

    expect(await put({})).toMatchObject({ kind: 'stored' });
    expect(
      await put({ type: 'video', doctorId: STRANGER, patientId: DOCTOR, status: 'pending' }),
    ).toMatchObject({
      kind: 'stored',
      appointment: { patientId: DOCTOR },
    });
  });

  test.each([
    ['its patient', { patientId: STRANGER }, 'refused'],
    ['its doctor', { doctorId: STRANGER }, 'refused'],
    ['its type', { type: 'audio' }, 'refused'],
    ['its status', { status: 'cancelled' }, 'stored'],
    ['its time', { scheduledAt: t('99:00') }, 'stored'],
  ] as const)('that has a session and is to change %s (%j): %s', async (_what, facts, kind) => {
    const { executor, store } = await running();
    const outcome = await executor.execute('putAppointment', {
      appointment: anAppointment(facts),
      admin: ADMIN,
    });

    expect(outcome).toMatchObject(kind === 'refused' ? { kind, code: 'appointment_in_use' } : { kind });
    expect(accountIn(store).sessions[0]).toMatchObject({ state: 'active' });
    expect(store.tables().appointments.get(appointmentId(1))).toMatchObject(
      kind === 'stored' ? facts : { patientId: PATIENT, doctorId: DOCTOR, type: 'text' },
    );
  });

  test('that is booked and started in one batch starts', async () => {
    const { executor } = openEngine();
    await book({ executor }, 5, []);
    const [, started] = await Promise.all([
      executor.execute('putAppointment', { appointment: anAppointment(), admin: ADMIN }),
      executor.execute('start', of(1)),
    ]);

    expect(started).toMatchObject({ kind: 'started' });
  });
});
