import { describe, expect, test } from 'vitest';
import { openApp } from './open-app.ts';
import { hs256 } from '../../tools/kit/tokens.ts';
import { asAdmin, asDoctor, asPatient, bearer, claims, inMinutes } from './tokens.ts';

const ROUTE = '/api/text-appointments/501/session-status';

describe('The limit of requests', () => {
  test('is of each user alone', async () => {
    const { app, engine } = await openApp({ limits: { requestsPerMinute: 2 } });
    const statuses = [];
    for (const headers of [asPatient(), asPatient(), asPatient(), asDoctor()])
      statuses.push((await app.inject({ url: ROUTE, headers })).statusCode);

    expect(statuses).toStrictEqual([200, 200, 429, 200]);
    expect(engine.asked).toHaveLength(3);
  });

  test('says how long to wait', async () => {
    const { app } = await openApp({ limits: { requestsPerMinute: 1 } });
    await app.inject({ url: ROUTE, headers: asPatient() });
    const answer = await app.inject({ url: ROUTE, headers: asPatient() });
    expect(answer.statusCode).toBe(429);
    expect(answer.json()).toStrictEqual({
      success: false,
      code: 'rate_limited',
      message: expect.any(String),
      errors: [],
      data: {},
    });
    const seconds = Number(answer.headers['retry-after']);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  test('counts nobody else: a flood without tokens changes no answer to others at the same address', async () => {
    const { app } = await openApp({ limits: { requestsPerMinute: 5 } });
    const flood = Array.from({ length: 400 }, () => app.inject({ url: ROUTE }));
    expect(new Set((await Promise.all(flood)).map(({ statusCode }) => statusCode))).toStrictEqual(
      new Set([401]),
    );

    const expired = bearer(hs256(claims({ exp: inMinutes(-1) })));
    const asked = [
      { url: ROUTE, headers: asPatient() },
      { url: ROUTE, headers: expired },
      { url: '/api/nothing', headers: asPatient() },
      { url: '/nothing' },
      { url: '/docs' },
      { url: '/admin/queues/', headers: { accept: 'text/html' } },
      { url: '/health/live' },
    ];
    const statuses = [];
    for (const request of asked) statuses.push((await app.inject(request)).statusCode);
    expect(statuses).toStrictEqual([200, 401, 404, 404, 200, 303, 200]);
  });

  test('is of an administrator on the board, too', async () => {
    const { app } = await openApp({ limits: { requestsPerMinute: 1 } });
    const statuses = [];
    for (const path of ['/admin/queues/api/queues', '/admin/queues/api/queues'])
      statuses.push((await app.inject({ url: path, headers: asAdmin() })).statusCode);
    expect(statuses).toStrictEqual([200, 429]);
  });
});
