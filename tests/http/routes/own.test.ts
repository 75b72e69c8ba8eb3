import { describe, expect, test } from 'vitest';
import { doctor, notStarted, patient } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asDoctor, asPatient } from '../tokens.ts';

const shared = sharedApp();

const url = '/api/text-appointments';

describe('GET /api/text-appointments', () => {
  test('answers with the caller’s appointments, each with its session as the status would', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `${url}?state=active`, headers: asDoctor() });
    const status = await app.inject({ url: `${url}/501/session-status`, headers: asDoctor() });

    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({
      success: true,
      message: 'Your appointments',
      data: {
        appointments: [
          {
            appointment_id: 501,
            patient_id: 1001,
            doctor_id: 2002,
            type: 'text',
            status: 'confirmed',
            scheduled_at: '2026-11-22T09:00:00.000Z',
            session: status.json<{ data: unknown }>().data,
          },
        ],
        next_cursor: null,
      },
    });
    expect(engine.asked[0]).toStrictEqual({
      name: 'appointments',
      with: { state: 'active', caller: doctor, cursor: null, limit: 50 },
    });
  });

  test('answers with null where there is no session yet, and with a cursor that leads on', async () => {
    if (notStarted.kind !== 'not_started') throw new Error('the example has changed');
    const { appointment } = notStarted;
    const nextCursor = { position: Date.UTC(2026, 10, 22, 9), appointmentId: appointment.id };
    const { app, engine } = await openApp({
      engine: engineDouble({
        reads: { appointments: async () => ({ items: [{ appointment, view: null }], nextCursor }) },
      }),
    });
    const first = await app.inject({ url: `${url}?state=upcoming&limit=1`, headers: asPatient() });
    const { data } = first.json<{ data: { next_cursor: string } }>();
    await app.inject({
      url: `${url}?state=upcoming&limit=1&cursor=${data.next_cursor}`,
      headers: asPatient(),
    });

    expect(data).toMatchObject({ appointments: [{ appointment_id: 501, session: null }] });
    expect(engine.asked).toMatchObject([
      { with: { state: 'upcoming', caller: patient, cursor: null, limit: 1 } },
      { with: { state: 'upcoming', caller: patient, cursor: nextCursor, limit: 1 } },
    ]);
  });

  test.each([
    ['state', ''],
    ['state', '?state=all'],
    ['state', '?state=active&state=ended'],
    ['limit', '?state=active&limit=0'],
    ['limit', '?state=active&limit=201'],
    ['cursor', '?state=active&cursor='],
    ['cursor', '?state=active&cursor=7'],
    ['cursor', '?state=active&cursor=7.0'],
    ['cursor', '?state=active&cursor=7.7.7'],
    ['cursor', '?state=active&cursor=9007199254740992.7'],
    ['cursor', '?state=active&cursor=7.9007199254740992'],
    ['cursor', '?state=upcoming&cursor=-62167219200001.7'],
    ['patient_id', '?state=active&patient_id=1002'],
  ])('refuses a wrong %s: %s', async (field, query) => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `${url}${query}`, headers: asPatient() });

    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(engine.asked).toStrictEqual([]);
  });

  test('asks who is there', async () => {
    const { app } = shared();
    expect((await app.inject({ url: `${url}?state=active` })).statusCode).toBe(401);
  });
});

describe('GET /api/balance', () => {
  test('answers with the units of the caller, who is known by the token alone', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: '/api/balance', headers: asPatient() });

    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: { patient_id: 1001, remaining_sessions: 2, held_sessions: 0, grants: [{ grant_id: 31 }] },
    });
    expect(engine.asked).toStrictEqual([{ name: 'ownBalance', with: patient }]);
  });

  test('asks who is there', async () => {
    const { app } = shared();
    expect((await app.inject({ url: '/api/balance' })).statusCode).toBe(401);
  });
});
