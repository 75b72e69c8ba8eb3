import { notStarted } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asPatient } from '../tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

describe('GET /api/text-appointments/:appointment_id/session-status', () => {
  const url = '/api/text-appointments/501/session-status';

  test('shows the session with all that an app needs to draw it', async () => {
    const { app } = shared();
    const answer = await app.inject({ url, headers: asPatient() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({
      success: true,
      message: 'The session as it stands now',
      data: {
        session_id: 9001,
        appointment_id: 501,
        patient_id: 1001,
        doctor_id: 2002,
        is_active: true,
        is_ended: false,
        start_time: '2026-11-22T09:00:00.000Z',
        last_activity_time: '2026-11-22T09:12:00.000Z',
        has_patient_activity: true,
        has_doctor_activity: true,
        sessions_used: 1,
        ended_at: null,
        end_reason: null,
        interval_seconds: 600,
        remaining_sessions: 4,
        available_sessions: 3,
        next_deduction_at: '2026-11-22T09:20:00.000Z',
        funded_until: '2026-11-22T09:50:00.000Z',
        ends_at: '2026-11-22T09:50:00.000Z',
        ends_reason: 'balance_exhausted',
        event_no: 5,
        message_no: 2,
        server_time: '2026-11-22T09:12:00.000Z',
      },
    });
  });

  test('is neither active nor ended where nobody has started', async () => {
    const { app } = await openApp({ engine: engineDouble({ reads: { status: async () => notStarted } }) });
    const answer = await app.inject({ url, headers: asPatient() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      success: true,
      data: {
        session_id: null,
        appointment_id: 501,
        is_active: false,
        is_ended: false,
        start_time: null,
        sessions_used: 0,
        remaining_sessions: 5,
        available_sessions: 5,
        server_time: '2026-11-22T08:55:00.000Z',
      },
    });
  });

  test('is 403 for a third user', async () => {
    const { app } = await openApp({
      engine: engineDouble({
        reads: { status: async () => ({ kind: 'refused', code: 'not_a_participant' }) },
      }),
    });
    const answer = await app.inject({ url, headers: asPatient() });
    expect(answer.statusCode).toBe(403);
  });
});
