import { describe, expect, test } from 'vitest';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin } from '../tokens.ts';

const shared = sharedApp();
const keyed = (key = 'ticket-4711') => ({ ...asAdmin(), 'idempotency-key': key });

const ROUTES = [
  ['/api/admin/ledger/70003/refund', { note: 'The line failed' }],
  ['/api/admin/ledger/70004/take-back', { note: 'It had not failed' }],
  ['/api/admin/subscriptions/31/adjustments', { note: 'An apology', units: 2 }],
] as const;

describe('A correction', () => {
  test.each(ROUTES)('answers a repeat with the same body as the first time: %s', async (url, payload) => {
    const first = shared();
    const repeated = await openApp({
      engine: engineDouble({
        refund: () => ({ kind: 'recorded_before' }),
        takeBack: () => ({ kind: 'recorded_before' }),
        adjust: () => ({ kind: 'recorded_before' }),
      }),
    });
    const answers = [];
    for (const { app } of [first, repeated])
      answers.push(await app.inject({ method: 'POST', url, headers: keyed(), payload }));
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([200, 200]);
    expect(answers[0]?.json()).toStrictEqual(answers[1]?.json());
    expect(answers[0]?.json()).toMatchObject({ data: { entry_id: 70004, actor_role: 'admin', actor_id: 7 } });
  });

  test.each(ROUTES)('needs an Idempotency-Key: %s', async (url, payload) => {
    const { app, engine } = shared();
    const answer = await app.inject({ method: 'POST', url, headers: asAdmin(), payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'idempotency-key', message: 'is required' }] });
    expect(engine.asked).toStrictEqual([]);
  });

  test.each([
    ['that is empty', ''],
    ['of 256 characters', 'k'.repeat(256)],
    ['with a tab', 'a\tb'],
    ['outside ASCII', 'schlüssel'],
  ])('refuses an Idempotency-Key %s', async (_name, key) => {
    const { app } = shared();
    const [url, payload] = ROUTES[0];
    const answer = await app.inject({ method: 'POST', url, headers: keyed(key), payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'idempotency-key' }] });
  });

  test('takes an Idempotency-Key of 255 characters', async () => {
    const { app } = shared();
    const [url, payload] = ROUTES[0];
    const answer = await app.inject({ method: 'POST', url, headers: keyed('~'.repeat(255)), payload });
    expect(answer.statusCode).toBe(200);
  });

  test.each([undefined, '', ' ', '\n', 'x'.repeat(501), 'a\0b', 5, null])(
    'refuses the note %j',
    async (note) => {
      const { app } = shared();
      for (const [url, payload] of [...ROUTES, ['/api/admin/sessions/1/end', { charge: true }] as const]) {
        const answer = await app.inject({
          method: 'POST',
          url,
          headers: keyed(),
          payload: { ...payload, note },
        });
        expect(answer.statusCode).toBe(422);
        expect(answer.json()).toMatchObject({ errors: [{ field: 'note' }] });
      }
    },
  );

  test.each([0, 1.5, 1_000_001, -1_000_001, '1', null, undefined])(
    'refuses an adjustment by %j units',
    async (units) => {
      const { app } = shared();
      const url = '/api/admin/subscriptions/31/adjustments';
      const answer = await app.inject({
        method: 'POST',
        url,
        headers: keyed(),
        payload: { note: 'a', units },
      });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ errors: [{ field: 'units' }] });
    },
  );

  test.each([1, -1, 1_000_000, -1_000_000])('takes an adjustment by %i units', async (units) => {
    const { app, engine } = shared();
    const url = '/api/admin/subscriptions/31/adjustments';
    const answer = await app.inject({ method: 'POST', url, headers: keyed(), payload: { note: 'a', units } });
    expect(answer.statusCode).toBe(200);
    expect(engine.asked).toStrictEqual([
      {
        name: 'adjust',
        with: {
          grantId: 31,
          units,
          note: 'a',
          admin: 7,
          idempotencyKey: 'ticket-4711',
          requestId: answer.headers['x-request-id'],
        },
      },
      { name: 'correction', with: [7, 'ticket-4711'] },
    ]);
  });

  test('is refused for another request under the same key', async () => {
    const { app } = await openApp({
      engine: engineDouble({ refund: () => ({ kind: 'refused', code: 'idempotency_key_reused' }) }),
    });
    const [url, payload] = ROUTES[0];
    const answer = await app.inject({ method: 'POST', url, headers: keyed(), payload });
    expect(answer.statusCode).toBe(409);
  });
});

describe('POST /api/admin/sessions/:session_id/end', () => {
  const url = '/api/admin/sessions/9001/end';

  test.each([true, false])('says whether the block in progress is charged: %s', async (charge) => {
    const { app, engine } = shared();
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: asAdmin(),
      payload: { note: 'late', charge },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: { session_id: 9001, sessions_deducted: 1, total_sessions_used: 3 },
    });
    expect(engine.asked).toStrictEqual([
      {
        name: 'endByAdmin',
        with: {
          sessionId: 9001,
          admin: 7,
          note: 'late',
          charge,
          requestId: answer.headers['x-request-id'],
        },
      },
    ]);
  });

  test.each([undefined, null, 'true', 1, 0])(
    'refuses %j instead of guessing that from it',
    async (charge) => {
      const { app } = shared();
      const answer = await app.inject({
        method: 'POST',
        url,
        headers: asAdmin(),
        payload: { note: 'late', charge },
      });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ errors: [{ field: 'charge' }] });
    },
  );
});
