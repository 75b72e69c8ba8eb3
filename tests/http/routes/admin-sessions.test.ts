import { describe, expect, test } from 'vitest';
import { afterTwelveMinutes } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin } from '../tokens.ts';

const shared = sharedApp();

describe('GET /api/admin/patients/:id/balance', () => {
  test('shows what is left, what is held and what is available, and each grant', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: '/api/admin/patients/1001/balance', headers: asAdmin() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: {
        patient_id: 1001,
        remaining_sessions: 2,
        held_sessions: 0,
        available_sessions: 2,
        grants: [{ grant_id: 31, remaining_sessions: 2 }],
        server_time: '2026-11-22T09:25:00.000Z',
      },
    });
    expect(engine.asked).toStrictEqual([{ name: 'balance', with: 1001 }]);
  });

  test('is 404 for a patient of whom nothing is known', async () => {
    const { app } = await openApp({ engine: engineDouble({ reads: { balance: async () => null } }) });
    const answer = await app.inject({ url: '/api/admin/patients/1/balance', headers: asAdmin() });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ success: false, code: 'patient_not_found' });
  });
});

describe('GET /api/admin/sessions', () => {
  test('asks for the newest fifty where nothing else is said', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: '/api/admin/sessions', headers: asAdmin() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: {
        sessions: [{ session_id: 9001, is_ended: true, end_recorded_at: '2026-11-22T09:25:00.000Z' }],
        next_cursor: null,
      },
    });
    expect(engine.asked).toStrictEqual([
      { name: 'sessions', with: { status: null, patientId: null, doctorId: null, cursor: null, limit: 50 } },
    ]);
  });

  test('hands on every filter, and gives the cursor of the next page', async () => {
    const engine = engineDouble({
      reads: {
        sessions: async () => ({
          items: [
            {
              session: afterTwelveMinutes.session,
              nextDeadlineAt: afterTwelveMinutes.nextDeductionAt,
              endRecordedAt: null,
            },
          ],
          nextCursor: 9001,
        }),
      },
    });
    const { app } = await openApp({ engine });
    const query = 'status=active&patient_id=1001&doctor_id=2002&cursor=9500&limit=1';
    const answer = await app.inject({ url: `/api/admin/sessions?${query}`, headers: asAdmin() });
    expect(answer.json()).toMatchObject({
      data: {
        sessions: [{ is_active: true, next_deadline_at: '2026-11-22T09:20:00.000Z' }],
        next_cursor: 9001,
      },
    });
    expect(engine.asked).toStrictEqual([
      {
        name: 'sessions',
        with: { status: 'active', patientId: 1001, doctorId: 2002, cursor: 9500, limit: 1 },
      },
    ]);
  });

  test.each(['status=open', 'limit=201', 'cursor=0', 'patient=1'])('refuses %s', async (query) => {
    const { app } = shared();
    const answer = await app.inject({ url: `/api/admin/sessions?${query}`, headers: asAdmin() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: query.split('=')[0] }] });
  });
});

describe('GET /api/admin/sessions/:session_id', () => {
  test('shows the session, its policy, its events and its ledger', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/api/admin/sessions/9001', headers: asAdmin() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: {
        session_id: 9001,
        server_time: '2026-11-22T09:25:00.000Z',
        policy: {
          interval_seconds: 600,
          first_activity_seconds: 600,
          no_activity_units: 1,
          end_grace_seconds: 0,
          idle_seconds: null,
          doctor_response_seconds: null,
          max_duration_seconds: null,
        },
        events: [
          {
            event_no: 1,
            type: 'started',
            actor_role: 'patient',
            actor_id: 1001,
            data: { appointment_id: 501, policy: { interval_ms: 600_000, idle_ms: null } },
          },
          { event_no: 2, type: 'message', data: { message_no: 1 } },
          { event_no: 3, type: 'deduction', actor_role: 'system', actor_id: null },
        ],
        ledger: [{ interval_no: 1 }, { interval_no: 2 }, { interval_no: 3 }],
      },
    });
  });

  test('is 404 for a session that nobody started', async () => {
    const { app } = await openApp({ engine: engineDouble({ reads: { timeline: async () => null } }) });
    const answer = await app.inject({ url: '/api/admin/sessions/1', headers: asAdmin() });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'session_not_found' });
  });
});
