import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin } from '../tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

describe('PUT /api/admin/appointments/:id', () => {
  const url = '/api/admin/appointments/501';
  const sound = {
    patient_id: 1001,
    doctor_id: 2002,
    type: 'text',
    status: 'confirmed',
    scheduled_at: '2026-11-22T11:00:00+02:00',
  };

  test('stores the booking at its instant, whatever the offset it was written in', async () => {
    const { app, engine } = shared();
    const payload = { ...sound, time_zone: 'Africa/Blantyre' };
    const answer = await app.inject({ method: 'PUT', url, headers: asAdmin(), payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({
      success: true,
      message: 'The appointment is stored',
      data: {
        appointment_id: 501,
        patient_id: 1001,
        doctor_id: 2002,
        type: 'text',
        status: 'confirmed',
        scheduled_at: '2026-11-22T09:00:00.000Z',
        time_zone: 'Africa/Blantyre',
        terms: noTerms,
      },
    });
    expect(engine.asked).toStrictEqual([
      {
        name: 'putAppointment',
        with: {
          appointment: {
            id: 501,
            patientId: 1001,
            doctorId: 2002,
            type: 'text',
            status: 'confirmed',
            scheduledAt: Date.UTC(2026, 10, 22, 9),
            timeZone: 'Africa/Blantyre',
          },
          terms: {},
          admin: 7,
          requestId: answer.headers['x-request-id'],
        },
      },
    ]);
  });

  const noTerms = {
    interval_seconds: null,
    first_activity_seconds: null,
    no_activity_units: null,
    end_grace_seconds: null,
    idle_seconds: null,
    doctor_response_seconds: null,
    max_duration_seconds: null,
  };
  const put = async (terms: unknown, engine = engineDouble()) => {
    const { app } = await openApp({ engine });
    const payload = { ...sound, terms };
    return { engine, answer: await app.inject({ method: 'PUT', url, headers: asAdmin(), payload }) };
  };

  test('takes terms in seconds, shows them, and takes what it showed', async () => {
    const terms = {
      interval_seconds: 3000,
      first_activity_seconds: 600,
      no_activity_units: 0,
      end_grace_seconds: 0,
      idle_seconds: 300,
      doctor_response_seconds: 240,
      max_duration_seconds: 31_536_000,
    };
    const { engine, answer } = await put(terms);
    const { data } = answer.json<{ data: { terms: unknown } }>();

    expect(data.terms).toStrictEqual(terms);
    expect(engine.asked).toMatchObject([
      {
        with: {
          terms: {
            intervalMs: 3_000_000,
            firstActivityMs: 600_000,
            noActivityUnits: 0,
            endGraceMs: 0,
            idleMs: 300_000,
            doctorResponseMs: 240_000,
            maxDurationMs: 31_536_000_000,
          },
        },
      },
    ]);
    expect((await put(data.terms)).answer.statusCode).toBe(200);
  });

  test('tells terms that are left out from those that are taken back', async () => {
    const { engine, answer } = await put({ interval_seconds: 60, idle_seconds: null });
    expect(answer.json()).toMatchObject({ data: { terms: { ...noTerms, interval_seconds: 60 } } });
    expect(engine.asked).toMatchObject([{ with: { terms: { intervalMs: 60_000, idleMs: null } } }]);
    expect(engine.asked).not.toHaveProperty('0.with.terms.endGraceMs', null);
  });

  test('takes all terms back with null', async () => {
    const { engine, answer } = await put(null);
    expect(answer.json()).toMatchObject({ data: { terms: noTerms } });
    expect(engine.asked).toMatchObject([{ with: { terms: { intervalMs: null, maxDurationMs: null } } }]);
  });

  test.each([
    ['interval_seconds', 0, 'an integer from 1 to 31536000, or null'],
    ['interval_seconds', 1.5, 'an integer from 1 to 31536000, or null'],
    ['interval_seconds', 31_536_001, 'an integer from 1 to 31536000, or null'],
    ['first_activity_seconds', 0, 'an integer from 1 to 31536000, or null'],
    ['no_activity_units', 2, 'an integer from 0 to 1, or null'],
    ['end_grace_seconds', -1, 'an integer from 0 to 31536000, or null'],
    ['idle_seconds', 0, 'an integer from 1 to 31536000, or null'],
    ['doctor_response_seconds', 0, 'an integer from 1 to 31536000, or null'],
    ['max_duration_seconds', -5, 'an integer from 1 to 31536000, or null'],
  ])('refuses terms with the %s %d', async (term, value, limits) => {
    const { engine, answer } = await put({ [term]: value });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      code: 'terms_flawed',
      errors: [{ field: `terms.${term}`, message: `must be ${limits}` }],
    });
    expect(engine.asked).toStrictEqual([]);
  });

  test('refuses terms that do not go together, and names the one', async () => {
    const words = 'the end grace must be shorter than the interval';
    const { answer } = await put(
      { end_grace_seconds: 600 },
      engineDouble({ putAppointment: () => ({ kind: 'terms_flawed', flaw: { part: 'endGraceMs', words } }) }),
    );
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      code: 'terms_flawed',
      errors: [{ field: 'terms.end_grace_seconds', message: words }],
    });
  });

  test.each([
    ['terms.intervall_seconds', { intervall_seconds: 60 }],
    ['terms.interval_seconds', { interval_seconds: '60' }],
    ['terms', 60],
    ['terms', []],
  ])('refuses what are no terms: %s of %j', async (field, terms) => {
    const { answer } = await put(terms);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
  });

  test.each([undefined, null, 'UTC', 'Europe/London', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3'])(
    'takes the time zone %j',
    async (time_zone) => {
      const { app } = shared();
      const answer = await app.inject({
        method: 'PUT',
        url,
        headers: asAdmin(),
        payload: { ...sound, time_zone },
      });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ data: { time_zone: time_zone ?? null } });
    },
  );

  test.each([
    ['time_zone', '+02:00'],
    ['time_zone', 'Mars/Olympus'],
    ['time_zone', ''],
    ['time_zone', 2],
    ['scheduled_at', '2026-11-22T11:00:00'],
    ['scheduled_at', '2026-02-30T11:00:00Z'],
    ['scheduled_at', 1795338000000],
    ['scheduled_at', null],
    ['type', 'TEXT'],
    ['status', 'done'],
    ['status', null],
    ['patient_id', '1001'],
    ['doctor_id', 0],
    ['doctor_id', 1001],
  ])('refuses %s %j', async (field, value) => {
    const { app, engine } = shared();
    const payload = { ...sound, [field]: value };
    const answer = await app.inject({ method: 'PUT', url, headers: asAdmin(), payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(engine.asked).toStrictEqual([]);
  });

  test('is 409 for another patient once there is a session', async () => {
    const { app } = await openApp({
      engine: engineDouble({ putAppointment: () => ({ kind: 'refused', code: 'appointment_in_use' }) }),
    });
    const answer = await app.inject({ method: 'PUT', url, headers: asAdmin(), payload: sound });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ success: false, code: 'appointment_in_use' });
  });
});

describe('PUT /api/admin/subscriptions/:id', () => {
  const url = '/api/admin/subscriptions/31';
  const sound = { patient_id: 1001, sessions_total: 5 };

  test('answers with the subscription as it is now', async () => {
    const { app, engine } = shared();
    const payload = { ...sound, starts_at: '2026-11-01T00:00:00Z', expires_at: '2026-12-01T00:00:00Z' };
    const answer = await app.inject({ method: 'PUT', url, headers: asAdmin(), payload });
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
      await app.inject({ method: 'PUT', url, headers: asAdmin(), payload: { ...sound, ...more } });
      expect(engine.asked[0]).toMatchObject({ with: { startsAt: null, expiresAt: null } });
    },
  );

  test.each([0, 1, Number.MAX_SAFE_INTEGER])('may come as version %i', async (version) => {
    const { app, engine } = shared();
    const answer = await app.inject({
      method: 'PUT',
      url,
      headers: asAdmin(),
      payload: { ...sound, version },
    });
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
    const answer = await app.inject({ method: 'PUT', url, headers: asAdmin(), payload });
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
    const answer = await app.inject({
      method: 'PUT',
      url,
      headers: asAdmin(),
      payload: { ...sound, sessions_total },
    });
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
    const answer = await app.inject({
      method: 'PUT',
      url,
      headers: asAdmin(),
      payload: { ...sound, ...more },
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(engine.asked).toStrictEqual([]);
  });
});
