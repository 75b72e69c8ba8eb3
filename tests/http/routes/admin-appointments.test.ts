import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin } from '../tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

describe('PUT /api/admin/appointments/:id', () => {
  const sound = {
    patient_id: 1001,
    doctor_id: 2002,
    type: 'text',
    status: 'confirmed',
    scheduled_at: '2026-11-22T11:00:00+02:00',
  };
  const request = {
    method: 'PUT',
    url: '/api/admin/appointments/501',
    headers: asAdmin(),
    payload: sound,
  } as const;

  test('stores the booking at its instant, whatever the offset it was written in', async () => {
    const { app, engine } = shared();
    const payload = { ...sound, time_zone: 'Africa/Blantyre' };
    const answer = await app.inject({ ...request, payload });
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
    return { engine, answer: await app.inject({ ...request, payload }) };
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
      const answer = await app.inject({ ...request, payload: { ...sound, time_zone } });
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
    const answer = await app.inject({ ...request, payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(engine.asked).toStrictEqual([]);
  });

  test('is 409 for another patient once there is a session', async () => {
    const { app } = await openApp({
      engine: engineDouble({ putAppointment: () => ({ kind: 'refused', code: 'appointment_in_use' }) }),
    });
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ success: false, code: 'appointment_in_use' });
  });
});
