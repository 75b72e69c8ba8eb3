import { describe, expect, test } from 'vitest';
import { adjustment, refund, timeline as exampleTimeline } from '../../../src/http/documentation/examples.ts';
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
        actions: [{ action: 'charge.refunded', target_kind: 'entry', target_id: 70_003, actor_id: 7 }],
      },
    });
  });

  test('says why of each block, each entry and the end, in the time zone that is asked for', async () => {
    const { app } = shared();
    const url = '/api/admin/sessions/9001?time_zone=Asia/Kolkata';
    const answer = await app.inject({ url, headers: asAdmin() });
    const complete = {
      rule: 'R3',
      sentence:
        'Block 2, 14:40:00 to 14:50:00, was complete, so the unit held for it was taken from grant 31.',
    };
    const ended = {
      rule: 'R6',
      sentence: 'The doctor ended the session at 14:55:00, 5 min into block 3, so that block was charged.',
    };
    expect(answer.json()).toMatchObject({
      data: {
        end_explanation: ended,
        blocks: [
          { interval_no: 1 },
          { explanation: complete, refund_explanation: null },
          { explanation: ended },
        ],
        ledger: [{ is_taken_back: false }, { explanation: complete }, { explanation: ended }],
      },
    });
  });

  test('tells that a refund was taken back, and by which entry', async () => {
    const taking = { ...adjustment, units: -1, takesBack: refund.id };
    const entries = [
      { ...refund, takenBack: taking },
      { ...taking, takenBack: null },
    ];
    const timeline = async () => ({ ...exampleTimeline, entries });
    const { app } = await openApp({ engine: engineDouble({ reads: { timeline } }) });
    const answer = await app.inject({ url: '/api/admin/sessions/9001', headers: asAdmin() });
    const { data } = answer.json<{ data: { ledger: Record<string, unknown>[] } }>();
    expect(data.ledger).toMatchObject([
      { kind: 'refund', is_taken_back: true },
      {
        kind: 'adjustment',
        is_taken_back: false,
        explanation: {
          rule: 'R15',
          sentence:
            'User 7 took back the unit that entry 70004 had given to grant 31 at 10:00:00: "Two sessions as an apology".',
        },
      },
    ]);
  });

  test('refuses a time zone that nobody knows', async () => {
    const { app } = shared();
    const url = '/api/admin/sessions/9001?time_zone=UTC%2B2';
    const answer = await app.inject({ url, headers: asAdmin() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'time_zone' }] });
  });

  test('is 404 for a session that nobody started', async () => {
    const { app } = await openApp({ engine: engineDouble({ reads: { timeline: async () => null } }) });
    const answer = await app.inject({ url: '/api/admin/sessions/1', headers: asAdmin() });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'session_not_found' });
  });
});
