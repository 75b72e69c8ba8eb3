import { describe, expect, test } from 'vitest';
import { openApp, sharedApp } from './open-app.ts';
import { asAdmin, asPatient } from './tokens.ts';

const APP = 'https://app.example.org';
const shared = sharedApp({ corsOrigins: [APP, 'capacitor://localhost'] });
const status = '/api/text-appointments/501/session-status';

/** What a browser asks before it sends a request with a token to another origin. */
const preflight = (url: string, origin = APP, method = 'POST') => ({
  method: 'OPTIONS' as const,
  url,
  headers: {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type',
  },
});

describe('a page of an origin that CORS_ORIGINS names', () => {
  test.each(['/api/text-appointments/start-session', '/api/text-appointments', '/api/balance', status])(
    'is told without a token that it may call %s',
    async (url) => {
      const { app, engine } = shared();
      const answer = await app.inject(preflight(url));

      expect(answer.statusCode).toBe(204);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': APP,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-max-age': '600',
      });
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
      expect(engine.asked).toStrictEqual([]);
    },
  );

  test('reads the answer, how long to wait and the id of its request', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: status, headers: { ...asPatient(), origin: APP } });

    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-expose-headers': 'retry-after, x-request-id',
      vary: 'Origin',
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test.each([
    ['401', { url: status }],
    ['403', { url: '/api/text-appointments?state=all' }],
    ['415', { url: '/api/text-appointments/start-session', method: 'POST' as const, payload: 'x' }],
  ])('reads a refusal too: %s', async (_status, request) => {
    const { app } = shared();
    const answer = await app.inject({ ...request, headers: { origin: APP } });

    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.headers['access-control-allow-origin']).toBe(APP);
    expect(answer.json()).toMatchObject({ success: false });
  });

  test('is refused by the rate limit readably', async () => {
    const { app } = await openApp({ corsOrigins: [APP], limits: { requestsPerMinute: 1 } });
    const request = { url: status, headers: { ...asPatient(), origin: APP } };
    await app.inject(request);
    const answer = await app.inject(request);

    expect(answer.statusCode).toBe(429);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-expose-headers': 'retry-after, x-request-id',
    });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  test.each([
    '/api/admin',
    '/api/admin/sessions',
    '/api/%61dmin/sessions',
    '/api/admin/appointments/501',
    '/admin/queues/',
    '/docs/json',
    '/health/ready',
    '/metrics',
  ])('may not call %s', async (url) => {
    const { app } = shared();
    const asked = await app.inject(preflight(url, APP, 'GET'));
    const answer = await app.inject({ url, headers: { ...asAdmin(), origin: APP } });

    for (const { headers } of [asked, answer]) {
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('access-control-allow-methods');
    }
    expect(asked.statusCode).toBe(404);
  });
});

test.each([
  'https://evil.example.org',
  'https://app.example.org.evil.example',
  'http://app.example.org',
  'null',
])('a page of %s is allowed nothing', async (origin) => {
  const { app } = shared();
  const answers = [
    await app.inject(preflight(status, origin)),
    await app.inject({ url: status, headers: { ...asPatient(), origin } }),
  ];

  for (const { headers } of answers) expect(headers).not.toHaveProperty('access-control-allow-origin');
});

test('where CORS_ORIGINS names nobody, no page of another origin is allowed anything', async () => {
  const { app } = await openApp();
  const asked = await app.inject(preflight(status));
  const answer = await app.inject({ url: status, headers: { ...asPatient(), origin: APP } });

  expect(asked.statusCode).toBe(404);
  for (const { headers } of [asked, answer]) {
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(headers).not.toHaveProperty('vary');
  }
});

test('where CORS_ORIGINS is *, a page of any origin may call the API, and no cache keeps origins apart', async () => {
  const { app } = await openApp({ corsOrigins: ['*'] });
  const answer = await app.inject({
    url: status,
    headers: { ...asPatient(), origin: 'https://any.example' },
  });

  expect(answer.headers['access-control-allow-origin']).toBe('*');
  expect((await app.inject(preflight('/api/admin/sessions'))).statusCode).toBe(404);
});
