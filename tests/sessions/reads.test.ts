/** The status of a session, settled to now in memory: right even if no worker runs, and nothing is written. */
import { describe, expect, test } from 'vitest';
import { appointmentId, sessionId } from '../../src/billing/ids.ts';
import { createStatusReader } from '../../src/sessions/reads.ts';
import type { Needs } from '../../src/sessions/store.ts';
import { DOCTOR, PATIENT, STRANGER, t } from '../billing/specimens.ts';
import { book, of, openEngine } from './engine.ts';

async function open() {
  const engine = openEngine();
  await book(engine, 3, [1, 2]);
  await engine.executor.execute('start', of(1));
  await engine.executor.execute('recordActivity', of(1));
  const reads: Needs[] = [];
  const { status } = createStatusReader((needs) => {
    reads.push(needs);
    return engine.store.read(needs);
  });
  return { ...engine, status, reads };
}

describe('the status of a session', () => {
  test('is right 25 minutes later, though no worker ran, and nothing was written', async () => {
    const { status, setClock, store } = await open();
    setClock(t('25:00'));
    const before = store.tables();

    expect(await status(appointmentId(1), DOCTOR)).toMatchObject({
      kind: 'session',
      view: {
        session: { state: 'active', unitsUsed: 2 },
        remainingUnits: 1,
        availableUnits: 0,
        nextDeductionAt: t('30:00'),
        fundedUntil: t('30:00'),
        accountNow: t('25:00'),
      },
    });
    expect(store.tables()).toBe(before);
    expect(store.tables().sessions.get(sessionId(1))?.session.unitsUsed).toBe(0);
  });

  test('tells that the units ran out at the boundary at which they did', async () => {
    const { status, setClock } = await open();
    setClock(t('55:00'));

    expect(await status(appointmentId(1), PATIENT)).toMatchObject({
      view: {
        session: { state: 'ended', endReason: 'balance_exhausted', endedAt: t('30:00') },
        fundedUntil: null,
      },
    });
  });

  test('of an appointment that has not started tells the units that there are', async () => {
    const { status } = await open();

    expect(await status(appointmentId(2), PATIENT)).toMatchObject({
      kind: 'not_started',
      remainingUnits: 3,
      availableUnits: 2,
      accountNow: t('0:00'),
    });
  });

  test('is refused to a third user, and for an appointment that is not there', async () => {
    const { status } = await open();

    expect(await status(appointmentId(1), STRANGER)).toEqual({ kind: 'refused', code: 'not_a_participant' });
    expect(await status(appointmentId(9), PATIENT)).toEqual({
      kind: 'refused',
      code: 'appointment_not_found',
    });
  });

  test('is read in one statement for all who ask at the same time', async () => {
    const { status, reads } = await open();
    await Promise.all([1, 1, 2].map((id) => status(appointmentId(id), PATIENT)));

    expect(reads).toEqual([{ appointments: [1, 1, 2] }]);
  });

  test('that cannot be read is told to everybody who asked', async () => {
    const status = createStatusReader(() => Promise.reject(new Error('away'))).status;
    const answers = await Promise.allSettled([1, 2].map((id) => status(appointmentId(id), PATIENT)));

    expect(answers.map(({ status: outcome }) => outcome)).toEqual(['rejected', 'rejected']);
  });
});
