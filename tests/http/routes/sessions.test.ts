import {
  afterTheEnd,
  doctor,
  notStarted,
  patient,
  started,
} from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asDoctor, asPatient } from '../tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

describe('POST /api/text-appointments/start-session', () => {
  const url = '/api/text-appointments/start-session';

  test('answers with exactly the session of the contract, in the envelope', async () => {
    const { app } = shared();
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: asPatient(),
      payload: { appointment_id: 501 },
    });
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
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: asPatient(),
      payload: { appointment_id: 501 },
    });
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
    const answer = await app.inject({ method: 'POST', url, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(200);
    expect(engine.asked).toStrictEqual([{ name: 'start', with: { appointmentId: 501, caller: patient } }]);
  });

  test('takes an appointment id that an old app sends as text', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: asPatient(),
      payload: { appointment_id: '501' },
    });
    expect(answer.statusCode).toBe(200);
    expect(engine.asked).toStrictEqual([{ name: 'start', with: { appointmentId: 501, caller: patient } }]);
  });

  test('shows the session that has ended when it refuses to start it again', async () => {
    const { app } = await openApp({
      engine: engineDouble({
        start: () => ({ kind: 'refused', code: 'session_ended', session: afterTheEnd }),
      }),
    });
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: asPatient(),
      payload: { appointment_id: 501 },
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'session_ended',
      data: { session_id: 9001, is_ended: true, end_reason: 'manual_end', sessions_used: 3 },
    });
  });
});

describe('POST /api/text-appointments/update-activity', () => {
  const url = '/api/text-appointments/update-activity';

  test.each(['patient', 'doctor', 'admin', '', 42, null, { a: 1 }, undefined])(
    'does not look at the user type that an old app claims: %j',
    async (user_type) => {
      const { app, engine } = shared();
      const payload = { appointment_id: 501, user_type };
      const answer = await app.inject({ method: 'POST', url, headers: asDoctor(), payload });
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
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: asDoctor(),
      payload: { appointment_id: 501 },
    });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ success: false, code: 'no_active_session' });
  });

  test('is 409 with the session where it has ended', async () => {
    const { app } = await openApp({
      engine: engineDouble({
        recordActivity: () => ({ kind: 'refused', code: 'session_ended', session: afterTheEnd }),
      }),
    });
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: asDoctor(),
      payload: { appointment_id: 501 },
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'session_ended',
      data: { is_ended: true, ended_at: '2026-11-22T09:25:00.000Z' },
    });
  });
});

describe('POST /api/text-appointments/end-session', () => {
  const url = '/api/text-appointments/end-session';

  test('answers with the session, what this end took and what the session took in all', async () => {
    const { app } = shared();
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: asPatient(),
      payload: { appointment_id: 501 },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      success: true,
      message: 'The session has ended',
      data: {
        session_id: 9001,
        is_active: false,
        is_ended: true,
        ended_at: '2026-11-22T09:25:00.000Z',
        end_reason: 'manual_end',
        sessions_used: 3,
        next_deduction_at: null,
        funded_until: null,
        ends_at: null,
        ends_reason: null,
        event_no: 12,
        message_no: 6,
        remaining_sessions: 2,
        sessions_deducted: 1,
        total_sessions_used: 3,
      },
    });
  });

  test('answers a repeated end with the same figures', async () => {
    const first = shared();
    const repeated = await openApp({
      engine: engineDouble({ end: () => ({ kind: 'ended_before', session: afterTheEnd }) }),
    });
    const request = { method: 'POST', url, headers: asPatient(), payload: { appointment_id: 501 } } as const;
    const [a, b] = [await first.app.inject(request), await repeated.app.inject(request)];
    expect(b.statusCode).toBe(200);
    expect(b.json<{ data: unknown }>().data).toStrictEqual(a.json<{ data: unknown }>().data);
  });

  test.each([0, 1, 999, -5, 'all', null, [], {}])(
    'does not look at what an app wants deducted: %j',
    async (sessions_to_deduct) => {
      const { app, engine } = shared();
      const payload = { appointment_id: 501, sessions_to_deduct };
      const answer = await app.inject({ method: 'POST', url, headers: asPatient(), payload });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ data: { sessions_deducted: 1, total_sessions_used: 3 } });
      expect(engine.asked).toStrictEqual([{ name: 'end', with: { appointmentId: 501, caller: patient } }]);
    },
  );
});

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

describe('GET /api/text-appointments/:appointment_id/receipt', () => {
  const url = '/api/text-appointments/501/receipt';

  test('says of each block when it was, what it cost, why, and which grant paid', async () => {
    const { app } = shared();
    const answer = await app.inject({ url, headers: asPatient() });
    expect(answer.statusCode).toBe(200);
    const { data } = answer.json<{ data: { blocks: unknown[] } }>();
    expect(data).toMatchObject({ session_id: 9001, sessions_used: 3, end_reason: 'manual_end' });
    expect(data.blocks).toHaveLength(3);
    expect(data.blocks[2]).toStrictEqual({
      interval_no: 3,
      starts_at: '2026-11-22T09:20:00.000Z',
      ends_at: '2026-11-22T09:25:00.000Z',
      state: 'charged',
      units: 1,
      reason: 'manual_end',
      grant_id: 31,
      effective_at: '2026-11-22T09:25:00.000Z',
      recorded_at: '2026-11-22T09:25:00.000Z',
      explanation: {
        rule: 'R6',
        sentence: 'The doctor ended the session at 09:25:00, 5 min into block 3, so that block was charged.',
      },
      refund_explanation: null,
    });
  });

  test('says what ended the session, in the time zone that is asked for', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: `${url}?time_zone=Europe/Berlin`, headers: asPatient() });
    expect(answer.json()).toMatchObject({
      data: {
        end_explanation: {
          rule: 'R6',
          sentence:
            'The doctor ended the session at 10:25:00, 5 min into block 3, so that block was charged.',
        },
      },
    });
  });

  test('refuses a time zone that nobody knows', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: `${url}?time_zone=Europe/Atlantis`, headers: asPatient() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field: 'time_zone' }] });
  });

  test('is 404 where nobody has started a session yet', async () => {
    const { app } = await openApp({
      engine: engineDouble({
        reads: { receipt: async () => ({ kind: 'refused', code: 'no_active_session' }) },
      }),
    });
    const answer = await app.inject({ url, headers: asPatient() });
    expect(answer.statusCode).toBe(404);
  });
});
