import { afterTheEnd, patient, started } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asPatient } from '../tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

describe('POST /api/text-appointments/start-session', () => {
  const request = {
    method: 'POST',
    url: '/api/text-appointments/start-session',
    headers: asPatient(),
    payload: { appointment_id: 501 },
  } as const;

  test('answers with exactly the session of the contract, in the envelope', async () => {
    const { app } = shared();
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({
      success: true,
      message: 'The session has started',
      data: {
        session_id: 9001,
        appointment_id: 501,
        patient_id: 1001,
        doctor_id: 2002,
        is_active: true,
        is_ended: false,
        start_time: '2026-11-22T09:00:00.000Z',
        last_activity_time: null,
        has_patient_activity: false,
        has_doctor_activity: false,
        sessions_used: 0,
        ended_at: null,
        end_reason: null,
        interval_seconds: 600,
        remaining_sessions: 5,
        available_sessions: 4,
        next_deduction_at: '2026-11-22T09:10:00.000Z',
        funded_until: '2026-11-22T09:50:00.000Z',
        ends_at: '2026-11-22T09:10:00.000Z',
        ends_reason: 'no_activity',
        event_no: 1,
        message_no: 0,
        server_time: '2026-11-22T09:00:00.000Z',
      },
    });
  });

  test('is 200 for a session that is active already, too', async () => {
    const { app } = await openApp({
      engine: engineDouble({ start: () => ({ kind: 'already_active', session: started }) }),
    });
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ success: true, message: 'The session is active already' });
  });

  test('takes the caller from the token, and nothing else from the body than the appointment', async () => {
    const { app, engine } = shared();
    const payload = {
      appointment_id: 501,
      user_id: 1,
      role: 'admin',
      start_time: '2020-01-01',
      units: 99,
      caller: 5,
    };
    const answer = await app.inject({ ...request, payload });
    expect(answer.statusCode).toBe(200);
    expect(engine.asked).toStrictEqual([{ name: 'start', with: { appointmentId: 501, caller: patient } }]);
  });

  test('takes an appointment id that an old app sends as text', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ ...request, payload: { appointment_id: '501' } });
    expect(answer.statusCode).toBe(200);
    expect(engine.asked).toStrictEqual([{ name: 'start', with: { appointmentId: 501, caller: patient } }]);
  });

  test('shows the session that has ended when it refuses to start it again', async () => {
    const { app } = await openApp({
      engine: engineDouble({
        start: () => ({ kind: 'refused', code: 'session_ended', session: afterTheEnd }),
      }),
    });
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'session_ended',
      data: { session_id: 9001, is_ended: true, end_reason: 'manual_end', sessions_used: 3 },
    });
  });
});
