import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin } from '../tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

describe('PUT /api/admin/subscriptions/:id', () => {
  const sound = { patient_id: 1001, sessions_total: 5 };
  const request = {
    method: 'PUT',
    url: '/api/admin/subscriptions/31',
    headers: asAdmin(),
    payload: sound,
  } as const;

  test('answers with the subscription as it is now', async () => {
    const { app, engine } = shared();
    const payload = { ...sound, starts_at: '2026-11-01T00:00:00Z', expires_at: '2026-12-01T00:00:00Z' };
    const answer = await app.inject({ ...request, payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({
      success: true,
      message: 'The subscription is stored',
      data: {
        grant_id: 31,
        patient_id: 1001,
        sessions_total: 5,
        corrected_total: 5,
        remaining_sessions: 2,
        held_sessions: 0,
        available_sessions: 2,
        starts_at: '2026-11-01T00:00:00.000Z',
        expires_at: '2026-12-01T00:00:00.000Z',
      },
    });
    expect(engine.asked).toStrictEqual([
      {
        name: 'putSubscription',
        with: {
          grantId: 31,
          patientId: 1001,
          units: 5,
          startsAt: Date.UTC(2026, 10, 1),
          expiresAt: Date.UTC(2026, 11, 1),
          version: null,
          admin: 7,
          requestId: answer.headers['x-request-id'],
        },
      },
      { name: 'subscription', with: 31 },
    ]);
  });

  test.each([{}, { starts_at: null, expires_at: null }])(
    'is valid from now on and for ever where nothing else is said: %j',
    async (more) => {
      const { app, engine } = shared();
      await app.inject({ ...request, payload: { ...sound, ...more } });
      expect(engine.asked[0]).toMatchObject({ with: { startsAt: null, expiresAt: null } });
    },
  );

  test.each([0, 1, Number.MAX_SAFE_INTEGER])('may come as version %i', async (version) => {
    const { app, engine } = shared();
    const answer = await app.inject({ ...request, payload: { ...sound, version } });
    expect(answer.statusCode).toBe(200);
    expect(engine.asked[0]).toMatchObject({ name: 'putSubscription', with: { version } });
  });

  test('is 409 where a later version is stored, and says which', async () => {
    const { app } = await openApp({
      engine: engineDouble({
        putSubscription: () => ({ kind: 'refused', code: 'subscription_version_stale', version: 2 }),
      }),
    });
    const payload = { ...sound, version: 1 };
    const answer = await app.inject({ ...request, payload });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'subscription_version_stale',
      errors: [],
      data: { version: 2 },
    });
  });

  test.each([0, 1_000_000])('may hold %i units', async (sessions_total) => {
    const { app } = shared();
    const answer = await app.inject({ ...request, payload: { ...sound, sessions_total } });
    expect(answer.statusCode).toBe(200);
  });

  test.each([
    ['sessions_total', { sessions_total: -1 }],
    ['sessions_total', { sessions_total: 1_000_001 }],
    ['sessions_total', { sessions_total: 1.5 }],
    ['sessions_total', { sessions_total: '5' }],
    ['sessions_total', { sessions_total: null }],
    ['starts_at', { starts_at: '2026-11-01' }],
    ['expires_at', { expires_at: '2026-11-31T00:00:00Z' }],
    ['expires_at', { starts_at: '2026-11-01T00:00:00Z', expires_at: '2026-11-01T00:00:00Z' }],
    ['expires_at', { starts_at: '2026-11-01T00:00:00Z', expires_at: '2026-11-01T01:00:00+02:00' }],
    ['patient_id', { patient_id: null }],
    ['version', { version: -1 }],
    ['version', { version: 1.5 }],
    ['version', { version: '2' }],
    ['version', { version: null }],
    ['version', { version: Number.MAX_SAFE_INTEGER + 1 }],
  ])('refuses %s in %j', async (field, more) => {
    const { app, engine } = shared();
    const answer = await app.inject({ ...request, payload: { ...sound, ...more } });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(engine.asked).toStrictEqual([]);
  });
});
