import { afterTheEnd, doctor } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asDoctor } from '../tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

describe('POST /api/text-appointments/update-activity', () => {
  const request = {
    method: 'POST',
    url: '/api/text-appointments/update-activity',
    headers: asDoctor(),
    payload: { appointment_id: 501 },
  } as const;

  test.each(['patient', 'doctor', 'admin', '', 42, null, { a: 1 }, undefined])(
    'does not look at the user type that an old app claims: %j',
    async (user_type) => {
      const { app, engine } = shared();
      const payload = { appointment_id: 501, user_type };
      const answer = await app.inject({ ...request, payload });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toStrictEqual({
        success: true,
        message: 'The activity is recorded',
        data: { session_id: 9001, last_activity_time: '2026-11-22T09:01:00.000Z' },
      });
      expect(engine.asked).toStrictEqual([
        { name: 'recordActivity', with: { appointmentId: 501, caller: doctor } },
      ]);
    },
  );

  test('is 404 where nobody has started a session', async () => {
    const { app } = await openApp({
      engine: engineDouble({ recordActivity: () => ({ kind: 'refused', code: 'no_active_session' }) }),
    });
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ success: false, code: 'no_active_session' });
  });

  test('is 409 with the session where it has ended', async () => {
    const { app } = await openApp({
      engine: engineDouble({
        recordActivity: () => ({ kind: 'refused', code: 'session_ended', session: afterTheEnd }),
      }),
    });
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'session_ended',
      data: { is_ended: true, ended_at: '2026-11-22T09:25:00.000Z' },
    });
  });
});
