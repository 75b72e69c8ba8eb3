import { describe, expect, it } from 'vitest';
import { openApp } from './open-app.ts';
import { asDoctor, asPatient } from './tokens.ts';

const url = '/api/text-appointments/501/session-status';

describe('The limit of requests', () => {
  it('is of each user alone', async () => {
    const { app, engine } = await openApp({ limits: { requestsPerMinute: 2 } });
    const statuses = [];
    for (const headers of [asPatient(), asPatient(), asPatient(), asDoctor()]) {
      statuses.push((await app.inject({ url, headers })).statusCode);
    }
    expect(statuses).toStrictEqual([200, 200, 429, 200]);
    expect(engine.asked).toHaveLength(3);
  });

  it('says how long to wait', async () => {
    const { app } = await openApp({ limits: { requestsPerMinute: 1 } });
    await app.inject({ url, headers: asPatient() });
    const answer = await app.inject({ url, headers: asPatient() });
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

  it('stops a flood without tokens, and nobody behind the same address who has one', async () => {
    const { app } = await openApp({ limits: { anonymousRequestsPerMinute: 3 } });
    const statuses = [];
    for (let index = 0; index < 5; index += 1) statuses.push((await app.inject({ url })).statusCode);
    expect(statuses).toStrictEqual([401, 401, 401, 429, 429]);
    const signedIn = await app.inject({ url, headers: asPatient() });
    const health = await app.inject({ url: '/health/live' });
    expect([signedIn.statusCode, health.statusCode]).toStrictEqual([200, 200]);
  });

  it.each(['/nothing', '/docs', '/admin/queues/', '/admin/queues/sign-in'])(
    'counts by address what everybody may ask for: %s',
    async (path) => {
      const { app } = await openApp({ limits: { anonymousRequestsPerMinute: 1 } });
      await app.inject({ url: path });
      const answer = await app.inject({ url: path });
      expect(answer.statusCode).toBe(429);
      expect(answer.json()).toMatchObject({ code: 'rate_limited' });
    },
  );

  it.each([
    [false, [401, 429]],
    [true, [401, 401]],
  ])('believes what a proxy says of the address only where that is set: %s', async (trustProxy, expected) => {
    const { app } = await openApp({ trustProxy, limits: { anonymousRequestsPerMinute: 1 } });
    const statuses = [];
    for (const address of ['198.51.100.1', '198.51.100.2'])
      statuses.push((await app.inject({ url, headers: { 'x-forwarded-for': address } })).statusCode);
    expect(statuses).toStrictEqual(expected);
  });
});
