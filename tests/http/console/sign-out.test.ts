import { describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../../src/sessions/store.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { signInsInMemory } from '../sign-in-store.ts';
import { FOREIGN, signedIn, signOutWith } from './signed-in.ts';

const shared = sharedApp();

describe('POST /admin/sign-out', () => {
  test('takes both cookies back, and a copy of one opens nothing any more', async () => {
    const { app } = shared();
    const copied = await signedIn(app);
    const other = await signedIn(app);
    const answer = await app.inject(signOutWith(copied));
    expect(answer.statusCode).toBe(200);
    expect(answer.cookies).toMatchObject([
      { name: 'console', value: '', path: '/admin' },
      { name: 'console', value: '', path: '/api/admin' },
    ]);
    for (const cookie of answer.cookies) expect(cookie.expires?.getTime()).toBe(0);
    expect((await app.inject({ url: '/api/admin/me', headers: copied })).statusCode).toBe(401);
    expect((await app.inject({ url: '/admin/queues/', headers: copied })).statusCode).toBe(401);
    expect((await app.inject({ url: '/api/admin/me', headers: other })).statusCode).toBe(200);
  });

  test('is answered with 503 and takes no cookie back where it cannot be stored', async () => {
    const signIns = { ...signInsInMemory(), end: () => Promise.reject(new StoreUnavailable()) };
    const { app } = await openApp({ engine: { ...engineDouble(), signIns } });
    const answer = await app.inject(signOutWith(await signedIn(app)));
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test.each([...FOREIGN, ['a request that names no page', {}] as const])(
    'is refused to %s',
    async (_name, from) => {
      const { app } = shared();
      const cookie = await signedIn(app);
      const answer = await app.inject({
        method: 'POST',
        url: '/admin/sign-out',
        headers: { ...cookie, ...from },
      });
      expect(answer.statusCode).toBe(403);
      expect((await app.inject({ url: '/api/admin/me', headers: cookie })).statusCode).toBe(200);
    },
  );
});
