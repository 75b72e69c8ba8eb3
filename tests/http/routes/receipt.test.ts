import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asPatient } from '../tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

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
