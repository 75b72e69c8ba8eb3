import { afterTheEnd, patient } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asPatient } from '../tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

describe('POST /api/text-appointments/end-session', () => {
  const request = {
    method: 'POST',
    url: '/api/text-appointments/end-session',
    headers: asPatient(),
    payload: { appointment_id: 501 },
  } as const;

  test('answers with the session, what this end took and what the session took in all', async () => {
    const { app } = shared();
    const answer = await app.inject(request);
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
    const [a, b] = [await first.app.inject(request), await repeated.app.inject(request)];
    expect(b.statusCode).toBe(200);
    expect(b.json<{ data: unknown }>().data).toStrictEqual(a.json<{ data: unknown }>().data);
  });

  test.each([0, 1, 999, -5, 'all', null, [], {}])(
    'does not look at what an app wants deducted: %j',
    async (sessions_to_deduct) => {
      const { app, engine } = shared();
      const payload = { appointment_id: 501, sessions_to_deduct };
      const answer = await app.inject({ ...request, payload });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ data: { sessions_deducted: 1, total_sessions_used: 3 } });
      expect(engine.asked).toStrictEqual([{ name: 'end', with: { appointmentId: 501, caller: patient } }]);
    },
  );
});
