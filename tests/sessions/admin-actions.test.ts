/** What the commands of administrators tell of who did what. */
import { describe, expect, test } from 'vitest';
import { appointmentId, grantId, ledgerEntryId, sessionId } from '../../src/billing/ids.ts';
import { isActionName } from '../../src/sessions/admin-actions.ts';
import { appointmentData, grantData } from '../../src/sessions/action-data.ts';
import { ADMIN, aGrant, anAppointment, DOCTOR, PATIENT, STRANGER, t } from '../billing/specimens.ts';
import { appointmentFieldsJson } from '../../src/http/answers/appointment.ts';
import { grantJson } from '../../src/http/answers/ledger.ts';
import { termsJson } from '../../src/http/answers/policy.ts';
import { changedTerms } from '../../src/billing/terms.ts';
import { book, type Engine, of, openEngine } from './engine.ts';

const toldBy = ({ store }: Engine) => store.tables().actions;
const namesIn = (engine: Engine) => toldBy(engine).map(({ action }) => action);
const correction = { admin: ADMIN, note: 'a mistake', idempotencyKey: 'a key', requestId: 'a-request' };

/** Session 1 runs since minute 0 and is in its second block; entry 2 is the charge of the first. */
async function running(): Promise<Engine> {
  const engine = openEngine();
  await book(engine, 5, [1]);
  await engine.executor.execute('start', of(1));
  await engine.executor.execute('recordActivity', of(1, DOCTOR));
  engine.setClock(t('11:00'));
  await engine.executor.execute('settle', { sessionId: sessionId(1) });
  return engine;
}

describe('who did what', () => {
  test('is told of an end by the office, once, with what it took', async () => {
    const engine = await running();
    const command = { sessionId: sessionId(1), admin: ADMIN, note: 'by phone', charge: true, requestId: 'r' };
    await engine.executor.execute('endByAdmin', command);
    await engine.executor.execute('endByAdmin', command);

    expect(toldBy(engine).slice(2)).toEqual([
      {
        actorId: ADMIN,
        action: 'session.ended',
        targetKind: 'session',
        targetId: 1,
        patientId: PATIENT,
        note: 'by phone',
        before: { sessions_used: 1, end_reason: null },
        after: { sessions_used: 2, end_reason: 'admin_end' },
        requestId: 'r',
      },
    ]);
  });

  test('is told of a refund and of taking it back, each with what remains of the grant', async () => {
    const engine = await running();
    const refund = { ...correction, entryId: ledgerEntryId(2) };
    const takeBack = { ...correction, idempotencyKey: 'another', entryId: ledgerEntryId(3) };
    const both = async () => [
      await engine.executor.execute('refund', refund),
      await engine.executor.execute('takeBack', takeBack),
    ];
    expect(await both()).toMatchObject([{ kind: 'recorded' }, { kind: 'recorded' }]);
    expect(await both()).toEqual([{ kind: 'recorded_before' }, { kind: 'recorded_before' }]);

    const common = { actorId: ADMIN, targetKind: 'entry', patientId: PATIENT, note: 'a mistake' };
    expect(toldBy(engine).slice(2)).toEqual([
      {
        ...common,
        action: 'charge.refunded',
        targetId: 2,
        before: { grant_id: 1, remaining_sessions: 4 },
        after: { grant_id: 1, remaining_sessions: 5 },
        requestId: 'a-request',
      },
      {
        ...common,
        action: 'refund.taken_back',
        targetId: 3,
        before: { grant_id: 1, remaining_sessions: 5 },
        after: { grant_id: 1, remaining_sessions: 4 },
        requestId: 'a-request',
      },
    ]);
  });

  test('is told of an adjustment with the whole grant', async () => {
    const engine = await running();
    await engine.executor.execute('adjust', { ...correction, grantId: grantId(1), units: 3 });

    expect(toldBy(engine).at(-1)).toMatchObject({
      action: 'grant.adjusted',
      targetKind: 'grant',
      targetId: 1,
      note: 'a mistake',
      before: { sessions_total: 5, corrected_total: 5, remaining_sessions: 4, held_sessions: 1 },
      after: { sessions_total: 5, corrected_total: 8, remaining_sessions: 7, held_sessions: 1 },
    });
  });

  test('is told of a booking and of a subscription when they are made and when they change, and not otherwise', async () => {
    const engine = openEngine();
    await book(engine, 5, [1]);
    await book(engine, 5, [1]);
    await book(engine, 6, []);
    await engine.executor.execute('putAppointment', {
      appointment: anAppointment({ doctorId: STRANGER }),
      admin: ADMIN,
    });

    expect(namesIn(engine)).toEqual([
      'appointment.created',
      'grant.created',
      'grant.changed',
      'appointment.changed',
    ]);
    expect(toldBy(engine)[0]).toMatchObject({ before: null, after: { doctor_id: DOCTOR }, requestId: null });
    expect(toldBy(engine)[2]).toMatchObject({
      targetKind: 'grant',
      before: { sessions_total: 5 },
      after: { sessions_total: 6 },
    });
    expect(toldBy(engine)[3]).toMatchObject({
      targetKind: 'appointment',
      targetId: 1,
      patientId: PATIENT,
      before: { doctor_id: DOCTOR },
      after: { doctor_id: STRANGER },
    });
  });

  test('is not told of what was refused, nor of what patients and doctors do, nor of a settling', async () => {
    const engine = await running();
    const told = toldBy(engine).length;
    await engine.executor.execute('adjust', { ...correction, grantId: grantId(1), units: -5 });
    await engine.executor.execute('refund', { ...correction, entryId: ledgerEntryId(1) });
    await engine.executor.execute('end', { appointmentId: appointmentId(1), caller: DOCTOR });

    expect(toldBy(engine)).toHaveLength(told);
  });

  test('has a name that can be looked for', () => {
    expect(['queue.retry', 'patient.viewed', 'charge.refunded'].every(isActionName)).toBe(true);
    expect(['queue.', 'queue.Retry', `queue.${'a'.repeat(41)}`, 'charge.stolen', ''].some(isActionName)).toBe(
      false,
    );
  });
});

describe('what is told of a change', () => {
  test('has the fields of the API, under its names', () => {
    const grant = aGrant({ units: 3, held: 1, total: 7, until: '60:00' });
    expect(grantData(grant)).toEqual({ ...grantJson(grant), version: null });

    const terms = changedTerms(null, { intervalMs: 1_200_000, noActivityUnits: 0 });
    const appointment = anAppointment({ timeZone: 'Africa/Blantyre', terms });
    expect(appointmentData(appointment)).toEqual({
      ...appointmentFieldsJson(appointment),
      time_zone: 'Africa/Blantyre',
      terms: termsJson(terms),
    });
  });
});
