import { describe, expect, test } from 'vitest';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin, asPatient } from '../tokens.ts';

const shared = sharedApp();

describe('GET /api/admin/find', () => {
  test('tells what has a number', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: '/api/admin/find?id=9001', headers: asAdmin() });
    expect(answer.json()).toMatchObject({ data: { hits: [{ kind: 'session', id: 9001 }] } });
    expect(engine.asked).toStrictEqual([{ name: 'find', with: 9001 }]);
  });

  test.each([
    '',
    '?id=',
    '?id=0',
    '?id=p7',
    '?id=7.5',
    '?id=-7',
    '?id=9007199254740992',
    '?id=7&kind=patient',
  ])('refuses %j', async (query) => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `/api/admin/find${query}`, headers: asAdmin() });
    expect(answer.statusCode).toBe(422);
    expect(engine.asked).toStrictEqual([]);
  });
});

describe('GET /api/admin/appointments/:id', () => {
  test('shows what was booked, as PUT does, and the session', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/api/admin/appointments/501', headers: asAdmin() });
    expect(answer.json<{ data: object }>().data).toMatchObject({
      appointment_id: 501,
      patient_id: 1001,
      doctor_id: 2002,
      type: 'text',
      status: 'confirmed',
      scheduled_at: '2026-11-22T09:00:00.000Z',
      time_zone: 'Africa/Blantyre',
      terms: { interval_seconds: null },
      session_id: 9001,
    });
  });

  test('is 404 where there is none', async () => {
    const { app } = await openApp({ engine: engineDouble({ reads: { appointment: async () => null } }) });
    const answer = await app.inject({ url: '/api/admin/appointments/7', headers: asAdmin() });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'appointment_not_found']);
  });
});

describe('GET /api/admin/subscriptions/:id', () => {
  test('shows the subscription, as PUT does', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: '/api/admin/subscriptions/31', headers: asAdmin() });
    expect(answer.json()).toMatchObject({
      data: { grant_id: 31, patient_id: 1001, sessions_total: 5, remaining_sessions: 2 },
    });
    expect(engine.asked).toStrictEqual([{ name: 'subscription', with: 31 }]);
  });

  test('is 404 where there is none', async () => {
    const { app } = await openApp({ engine: engineDouble({ reads: { subscription: async () => null } }) });
    const answer = await app.inject({ url: '/api/admin/subscriptions/7', headers: asAdmin() });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
      404,
      'subscription_not_found',
    ]);
  });
});

test.each(['find?id=7', 'appointments/7', 'subscriptions/7', 'ledger/7', 'days', 'patients/7/history'])(
  'GET /api/admin/%s is for administrators only',
  async (path) => {
    const { app, engine } = shared();
    const url = `/api/admin/${path}`;
    expect((await app.inject({ url, headers: asPatient() })).statusCode).toBe(403);
    expect((await app.inject({ url })).statusCode).toBe(401);
    expect(engine.asked).toStrictEqual([]);
  },
);
