import { describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { engineDouble } from './engine-double.ts';
import { openApp, sharedApp } from './open-app.ts';
import { sendAndRead } from './sockets.ts';
import { asPatient } from './tokens.ts';

const shared = sharedApp();
const ROUTE = '/api/text-appointments/start-session';
const request = {
  method: 'POST',
  url: ROUTE,
  headers: asPatient(),
  payload: { appointment_id: 501 },
} as const;

const throwing = (error: unknown) =>
  engineDouble({
    start: () => {
      throw error;
    },
  });

describe('An answer when something fails', () => {
  test('is 503 with Retry-After while the database is away', async () => {
    const { app } = await openApp({
      engine: throwing(new StoreUnavailable('connect ECONNREFUSED 10.0.0.5:5432')),
    });
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toStrictEqual({
      success: false,
      code: 'unavailable',
      message: expect.any(String),
      errors: [],
      data: {},
    });
    expect(answer.body).not.toContain('10.0.0.5');
  });

  test('is 503 when it would take too long', async () => {
    const { app } = await openApp({
      engine: engineDouble({ start: () => new Promise(() => {}) }),
      limits: { handlerTimeoutMs: 50 },
    });
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({ success: false, code: 'unavailable' });
  });

  test.each([
    ['an error', new Error('relation "ledger_entries" does not exist')],
    ['an error with a status of its own', Object.assign(new Error('secret detail'), { statusCode: 500 })],
    ['something that is no error', 'secret detail'],
    ['nothing', undefined],
  ])('is 500 for %s, shows nothing of it, and logs it under the id that it tells', async (_name, thrown) => {
    const { app, logLines } = await openApp({ engine: throwing(thrown) });
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(500);
    const requestId = answer.headers['x-request-id'];
    expect(answer.json()).toStrictEqual({
      success: false,
      code: 'internal_error',
      message: expect.any(String),
      errors: [],
      data: { request_id: requestId },
    });
    const errors = logLines.map((line) => JSON.parse(line)).filter(({ level }) => level === 50);
    expect(errors).toMatchObject([{ request_id: requestId, appointment_id: 501, user_id: 1001 }]);
    if (thrown instanceof Error)
      expect(errors[0].err).toMatchObject({ type: 'Error', message: thrown.message });
  });

  test('is 404 for a path that does not exist, with a token and without', async () => {
    const { app } = shared();
    const paths = ['/api', '/api/nothing', '/API/text-appointments/1/receipt', '/admins', '/api/%zz'];
    for (const [path, headers] of paths.flatMap((url) => [[url, {}] as const, [url, asPatient()] as const])) {
      const answer = await app.inject({ url: path, headers });
      expect([path, answer.statusCode]).toStrictEqual([path, 404]);
      expect(answer.json()).toStrictEqual({
        success: false,
        code: 'not_found',
        message: expect.any(String),
        errors: [],
        data: {},
      });
      expect(answer.headers['x-request-id']).toBeTypeOf('string');
    }
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const)(
    'is 404 for the wrong method: %s',
    async (method) => {
      const { app } = shared();
      const answer = await app.inject({ method, url: ROUTE, headers: asPatient() });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ success: false, code: 'not_found' });
    },
  );

  test('is in the same form even for what is no HTTP', async () => {
    const { app } = await openApp();
    const text = await sendAndRead(app, 'HELLO\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      success: false,
      code: 'malformed_request',
      errors: [],
      data: {},
    });
  });
});

describe('A request that does not arrive', () => {
  test('is given up, with an answer in the same form', async () => {
    const { app } = await openApp({ limits: { requestTimeoutMs: 100 } });
    const text = await sendAndRead(app, 'POST /api/text-appointments/start-session HTTP/1.1\r\nhost: a\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'request_timeout' });
  });

  test('finds every limit set', async () => {
    const { app } = shared();
    const { requestTimeout, headersTimeout, keepAliveTimeout, maxConnections } = app.server;
    expect({ requestTimeout, headersTimeout, keepAliveTimeout, maxConnections }).toStrictEqual({
      requestTimeout: 15_000,
      headersTimeout: 15_000,
      keepAliveTimeout: 72_000,
      maxConnections: 20_000,
    });
    expect(app.initialConfig).toMatchObject({ bodyLimit: 65_536 });
  });
});

describe('A shutdown', () => {
  test('lets the request under way finish', async () => {
    const arrived = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const engine = engineDouble({
      recordActivity: async () => {
        arrived.resolve();
        await goOn.promise;
        return { kind: 'refused', code: 'no_active_session' };
      },
    });
    const { app } = await openApp({ engine });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const answer = fetch(`${address}/api/text-appointments/update-activity`, {
      method: 'POST',
      headers: { ...asPatient(), 'content-type': 'application/json' },
      body: '{"appointment_id":501}',
    });
    await arrived.promise;
    const closed = app.close();
    goOn.resolve();
    expect((await answer).status).toBe(404);
    await closed;
    await expect(fetch(address)).rejects.toThrow();
  });
});
