import { describe, expect, test } from 'vitest';
import { afterTheEnd, notStarted, patient } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asPatient } from '../tokens.ts';

const shared = sharedApp();

const ROUTE = '/api/text-appointments/process-deduction';
const payload = { appointment_id: 501, sessions_to_deduct: 3, reason: 'interval' };

describe('POST /api/text-appointments/process-deduction', () => {
  test('deducts nothing, tells the true figures, and says that it is deprecated', async () => {
    const { app, engine, refusedDeductions } = shared();
    const answer = await app.inject({ method: 'POST', url: ROUTE, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({
      success: true,
      message: 'Nothing was deducted: the server deducts by itself',
      data: { sessions_deducted: 0, remaining_sessions: 4, total_sessions_used: 1, reason: 'interval' },
    });
    expect(answer.headers['deprecation']).toBe('@1793491200');
    expect(answer.headers['link']).toContain('rel="deprecation"');
    expect(engine.asked).toStrictEqual([{ name: 'status', with: [501, patient] }]);
    expect(refusedDeductions).toHaveLength(1);
  });

  test('answers after the end too, because old apps call it beside ending the session', async () => {
    const { app } = await openApp({
      engine: engineDouble({ reads: { status: async () => ({ kind: 'session', view: afterTheEnd }) } }),
    });
    const answer = await app.inject({ method: 'POST', url: ROUTE, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: { sessions_deducted: 0, remaining_sessions: 2, total_sessions_used: 3 },
    });
  });

  test('answers before the start, as the first server did', async () => {
    const { app } = await openApp({ engine: engineDouble({ reads: { status: async () => notStarted } }) });
    const answer = await app.inject({ method: 'POST', url: ROUTE, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: { sessions_deducted: 0, remaining_sessions: 5, total_sessions_used: 0 },
    });
  });

  test('shows no figures to a user who takes no part, and does not count the call', async () => {
    const { app, refusedDeductions } = await openApp({
      engine: engineDouble({
        reads: { status: async () => ({ kind: 'refused', code: 'not_a_participant' }) },
      }),
    });
    const answer = await app.inject({ method: 'POST', url: ROUTE, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ success: false, code: 'not_a_participant' });
    expect(refusedDeductions).toHaveLength(0);
  });

  test.each([
    ['sessions_to_deduct', 0],
    ['sessions_to_deduct', -1],
    ['sessions_to_deduct', 1.5],
    ['sessions_to_deduct', '1.5'],
    ['sessions_to_deduct', '0'],
    ['sessions_to_deduct', null],
    ['sessions_to_deduct', undefined],
    ['reason', 'idle_timeout'],
    ['reason', ''],
    ['reason', 1],
    ['reason', undefined],
  ])('is as strict as the first server was: %s %j', async (field, value) => {
    const { app, refusedDeductions } = shared();
    const answer = await app.inject({
      method: 'POST',
      url: ROUTE,
      headers: asPatient(),
      payload: { ...payload, [field]: value },
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(refusedDeductions).toHaveLength(0);
  });

  test.each(['interval', 'manual_end', 'no_activity'])(
    'takes the reason %s and repeats it',
    async (reason) => {
      const { app } = shared();
      const answer = await app.inject({
        method: 'POST',
        url: ROUTE,
        headers: asPatient(),
        payload: { appointment_id: '501', sessions_to_deduct: '1', reason },
      });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ data: { reason } });
    },
  );
});
