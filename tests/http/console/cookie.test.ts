import { describe, expect, test } from 'vitest';
import { admin, patient } from '../../../src/http/documentation/examples.ts';
import { StoreUnavailable } from '../../../src/sessions/store.ts';
import { hs256 } from '../../../tools/kit/tokens.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { signInsInMemory } from '../sign-in-store.ts';
import { adminToken, asAdmin, claims } from '../tokens.ts';
import { FOREIGN, SAME_ORIGIN, signedIn } from './signed-in.ts';

const shared = sharedApp();

describe('The cookie of the console', () => {
  test('opens the routes of administrators, and tells who is signed in', async () => {
    const { app } = shared();
    const headers = await signedIn(app);
    const me = await app.inject({ url: '/api/admin/me', headers });
    expect(me.statusCode).toBe(200);
    expect(me.json().data).toStrictEqual({ user_id: admin, role: 'admin' });
    expect((await app.inject({ url: '/api/admin/sessions', headers })).statusCode).toBe(200);
  });

  test('opens no route of patients and doctors', async () => {
    const { app } = shared();
    for (const url of ['/api/balance', '/api/text-appointments/501/session-status'])
      expect((await app.inject({ url, headers: await signedIn(app) })).statusCode).toBe(401);
  });

  test.each([...FOREIGN, ['a request that names no page', {}] as const])(
    'changes nothing for %s',
    async (_name, from) => {
      const { app, engine } = shared();
      const cookie = await signedIn(app);
      for (const [method, url, payload] of [
        ['POST', '/api/admin/sessions/9001/end', { charge_current_block: false, note: 'x' }],
        ['PUT', '/api/admin/subscriptions/31', { patient_id: 1001, sessions_total: 50 }],
      ] as const) {
        const answer = await app.inject({ method, url, headers: { ...cookie, ...from }, payload });
        expect(answer.statusCode).toBe(403);
      }
      expect(engine.asked.map(({ name }) => name)).toStrictEqual(['recordAction']);
    },
  );

  test('changes what a page of ours asks for, and a token does so from anywhere', async () => {
    const { app } = shared();
    const put = { method: 'PUT', url: '/api/admin/subscriptions/31' } as const;
    const payload = { patient_id: 1001, sessions_total: 50 };
    for (const headers of [{ ...(await signedIn(app)), ...SAME_ORIGIN }, asAdmin()])
      expect((await app.inject({ ...put, headers, payload })).statusCode).toBe(200);
  });

  test('reads for any page, and no page of another origin is allowed to see the answer', async () => {
    const { app } = shared();
    const headers = { ...(await signedIn(app)), 'sec-fetch-site': 'cross-site' };
    const answer = await app.inject({ url: '/api/admin/me', headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('lets a person keep Now open many times, and counts every other request', async () => {
    const { app } = await openApp({ limits: { requestsPerMinute: 2 } });
    const headers = await signedIn(app);
    for (let count = 0; count < 5; count += 1)
      expect((await app.inject({ url: '/api/admin/now', headers })).statusCode).toBe(200);
    expect((await app.inject({ url: '/api/admin/me', headers })).statusCode).toBe(200);
    expect((await app.inject({ url: '/api/admin/me', headers })).statusCode).toBe(429);
    // A program is counted.
    expect((await app.inject({ url: '/api/admin/now', headers: asAdmin() })).statusCode).toBe(429);
  });

  test('signs nobody in beside a bad token, under another name or where it is made up', async () => {
    const { app } = shared();
    const { cookie } = await signedIn(app);
    for (const headers of [
      { cookie, authorization: 'Bearer x' },
      { cookie: cookie.replace('console', 'token') },
      { cookie: `console=${adminToken()}` },
      { cookie: `console=${'A'.repeat(43)}` },
    ])
      expect((await app.inject({ url: '/api/admin/me', headers })).statusCode).toBe(401);
  });

  test('is answered with 503 where the database is away and this process has not seen it before, and with 200 where it has', async () => {
    let isAway = false;
    const kept = signInsInMemory();
    const signIns = {
      ...kept,
      find: (idHash: string) => (isAway ? Promise.reject(new StoreUnavailable()) : kept.find(idHash)),
    };
    const { app } = await openApp({ engine: { ...engineDouble(), signIns } });
    const seen = await signedIn(app);
    expect((await app.inject({ url: '/api/admin/me', headers: seen })).statusCode).toBe(200);
    const unseen = await signedIn(app);
    isAway = true;
    expect((await app.inject({ url: '/api/admin/me', headers: seen })).statusCode).toBe(200);
    expect((await app.inject({ url: '/api/admin/me', headers: unseen })).statusCode).toBe(503);
  });
});

test('GET /api/admin/me is closed to patients and to strangers', async () => {
  const { app } = shared();
  const authorization = `Bearer ${hs256(claims({ sub: patient }))}`;
  expect((await app.inject({ url: '/api/admin/me', headers: { authorization } })).statusCode).toBe(403);
  expect((await app.inject({ url: '/api/admin/me' })).statusCode).toBe(401);
});
