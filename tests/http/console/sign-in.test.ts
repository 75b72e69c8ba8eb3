import { describe, expect, test } from 'vitest';
import { admin } from '../../../src/http/documentation/examples.ts';
import { StoreUnavailable } from '../../../src/sessions/store.ts';
import { hs256 } from '../../../tools/kit/tokens.ts';
import { type EngineDouble, engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { adminToken, claims, inMinutes } from '../tokens.ts';
import { FOREIGN, SAME_ORIGIN, signedIn, signInWith, signOutWith } from './signed-in.ts';

const shared = sharedApp();

describe('POST /admin/sign-in', () => {
  test('gives an administrator two cookies that no script can read, for the pages and for their routes', async () => {
    const { app } = shared();
    const token = adminToken();
    const answer = await app.inject(signInWith(token));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ success: true, data: { user_id: admin, role: 'admin' } });
    const kept = { name: 'console', httpOnly: true, sameSite: 'Strict', maxAge: 8 * 3600 };
    expect(answer.cookies).toMatchObject([
      { ...kept, path: '/admin' },
      { ...kept, path: '/api/admin' },
    ]);
    const [page, api] = answer.cookies;
    expect(page?.value).toBe(api?.value);
    expect(page).not.toHaveProperty('secure');
    expect(token).not.toContain(page?.value);
  });

  test('opens eight hours, however long the token lives that opened them', async () => {
    const { app } = shared();
    const short = await app.inject(signInWith(adminToken({ exp: inMinutes(1) })));
    const long = await app.inject(
      signInWith(adminToken({ exp: inMinutes(100_000), more: 'x'.repeat(5000) })),
    );
    const ages = [short, long].map(({ cookies }) => Number(cookies[0]?.maxAge));
    expect(ages).toStrictEqual([8 * 3600, 8 * 3600]);
  });

  test('gives each sign-in an id of its own', async () => {
    const { app } = shared();
    expect(await signedIn(app)).not.toStrictEqual(await signedIn(app));
  });

  test('opens one session by a token with a jti, and as many as are wanted by one without', async () => {
    const { app } = shared();
    const once = adminToken({ jti: 'a-link' });
    expect((await app.inject(signInWith(once))).statusCode).toBe(200);
    const again = await app.inject(signInWith(once));
    expect(again.statusCode).toBe(401);
    expect(again.headers['set-cookie']).toBeUndefined();
    // The same one, signed anew, is no other.
    expect((await app.inject(signInWith(adminToken({ jti: 'a-link', more: 1 })))).statusCode).toBe(401);
    expect((await app.inject(signInWith(adminToken({ jti: 'another' })))).statusCode).toBe(200);

    const often = adminToken();
    for (let count = 0; count < 3; count += 1)
      expect((await app.inject(signInWith(often))).statusCode).toBe(200);
  });

  test('is limited for each administrator like any other request, and says when to try again', async () => {
    const { app } = await openApp({ limits: { requestsPerMinute: 1 } });
    await app.inject(signInWith(adminToken()));
    const answer = await app.inject(signInWith(adminToken()));
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('names in the log who signed in, and never the token', async () => {
    const { app, logLines } = await openApp();
    const token = adminToken();
    await app.inject(signInWith(token));
    expect(logLines.map((line) => JSON.parse(line))).toMatchObject([{ msg: 'answered', user_id: admin }]);
    expect(logLines.join('')).not.toContain(token.split('.')[1]);
  });

  test.each([
    ['that is trusted by the number of hops', 1, '10.1.2.3', 'secure'],
    ['in a trusted network', ['10.0.0.0/8'], '10.1.2.3', 'secure'],
    ['in another network', ['10.0.0.0/8'], '192.0.2.1', 'as they are'],
    ['where none is trusted', false, '10.1.2.3', 'as they are'],
  ] as const)(
    'from a proxy %s (%j, %s), over https as the proxy says, leaves the cookies %s',
    async (_where, trust, remoteAddress, cookies) => {
      const trustProxy = typeof trust === 'object' ? [...trust] : trust;
      const { app } = await openApp({ trustProxy });
      const headers = { ...SAME_ORIGIN, 'x-forwarded-proto': 'https' };
      const answer = await app.inject({ ...signInWith(adminToken(), headers), remoteAddress });
      const secure = cookies === 'secure' ? true : undefined;
      expect(answer.cookies.map((cookie) => cookie.secure)).toStrictEqual([secure, secure]);
    },
  );

  test.each([
    ['of a patient', () => hs256(claims()), 403, 'forbidden'],
    ['that has expired', () => adminToken({ exp: inMinutes(-1) }), 401, 'unauthenticated'],
    [
      'signed by somebody else',
      () => hs256(claims({ role: 'admin' }), 'x'.repeat(40)),
      401,
      'unauthenticated',
    ],
    ['that is a script', () => '<script>alert(1)</script>', 401, 'unauthenticated'],
    ['that is empty', () => '', 422, 'validation_failed'],
  ])('turns away a token %s, and repeats nothing of it', async (_name, make, status, code) => {
    const { app } = shared();
    const token = make();
    const answer = await app.inject(signInWith(token));
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ success: false, code });
    expect(answer.headers['set-cookie']).toBeUndefined();
    if (token !== '') expect(answer.body).not.toContain(token);
  });

  test.each(FOREIGN)('is refused to %s', async (_name, headers) => {
    const { app } = shared();
    const answer = await app.inject(signInWith(adminToken(), headers));
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('is open to a page of ours in an old browser, and to a program, which names no page', async () => {
    const { app } = shared();
    const old = { host: 'clinic.lan:3000', origin: 'http://clinic.lan:3000' };
    for (const headers of [old, {}])
      expect((await app.inject(signInWith(adminToken(), headers))).statusCode).toBe(200);
  });

  test('takes no form: only a page of ours can send JSON', async () => {
    const { app } = shared();
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      const headers = { ...SAME_ORIGIN, 'content-type': type };
      const payload = JSON.stringify({ token: adminToken() });
      const answer = await app.inject({ method: 'POST', url: '/admin/sign-in', headers, payload });
      expect(answer.statusCode).toBe(415);
    }
  });
});

describe('Signing in and out', () => {
  const recorded = (engine: EngineDouble) =>
    engine.asked.flatMap(({ name, with: act }) => (name === 'recordAction' ? [act] : []));

  test('is recorded, each once, and nothing of what was refused', async () => {
    const { app, engine } = await openApp();
    const headers = await signedIn(app);
    await app.inject(signInWith(hs256(claims())));
    await app.inject(signInWith('nonsense'));
    await app.inject(signOutWith(headers));
    // Nobody is signed in by it any more.
    await app.inject(signOutWith(headers));
    await app.inject(signOutWith({}));
    expect(recorded(engine)).toMatchObject([
      { action: 'signed_in', actorId: admin, targetKind: null, after: null },
      { action: 'signed_out', actorId: admin, targetKind: null, after: null },
    ]);
  });

  test('neither gives nor takes a cookie while it cannot be recorded', async () => {
    let isAway = false;
    const engine = engineDouble();
    const record = () => (isAway ? Promise.reject(new StoreUnavailable()) : Promise.resolve());
    const { app } = await openApp({ engine: { ...engine, actions: { ...engine.actions, record } } });
    const headers = await signedIn(app);
    isAway = true;
    for (const request of [signInWith(adminToken()), signOutWith(headers)]) {
      const answer = await app.inject(request);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect((await app.inject({ url: '/api/admin/me', headers })).statusCode).toBe(200);
  });
});
