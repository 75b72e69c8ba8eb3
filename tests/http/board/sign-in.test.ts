import { describe, expect, test } from 'vitest';
import { admin, patient } from '../../../src/http/documentation/examples.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { hs256 } from '../../../tools/kit/tokens.ts';
import { adminToken, asAdmin, asPatient, bearer, claims, inMinutes } from '../tokens.ts';

const shared = sharedApp();
const sameOrigin = { 'sec-fetch-site': 'same-origin' };
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const formOf = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const signInWith = (token: string, headers: Record<string, string> = sameOrigin) =>
  ({
    method: 'POST',
    url: '/admin/queues/sign-in',
    headers: { ...form, ...headers },
    payload: formOf({ token }),
  }) as const;

const cookieOf = (token: string) => ({ cookie: `queue_board=${token}` });

describe('POST /admin/queues/sign-in', () => {
  test('gives an administrator a cookie that no script can read and no other path is sent', async () => {
    const { app } = shared();
    const token = adminToken();
    const answer = await app.inject(signInWith(token));
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/admin/queues/');
    expect(answer.cookies).toMatchObject([
      { name: 'queue_board', value: token, path: '/admin/queues', httpOnly: true, sameSite: 'Strict' },
    ]);
    expect(answer.cookies[0]).not.toHaveProperty('secure');
    const board = await app.inject({ url: '/admin/queues/', headers: cookieOf(token) });
    expect(board.statusCode).toBe(200);
  });

  test('lets the cookie live no longer than the token, and no longer than a working day', async () => {
    const { app } = shared();
    const short = await app.inject(signInWith(adminToken({ exp: inMinutes(10) })));
    const long = await app.inject(signInWith(adminToken({ exp: inMinutes(100_000) })));
    const ages = [short, long].map(({ cookies }) => Number(cookies[0]?.maxAge));
    expect(ages[0]).toBeGreaterThan(500);
    expect(ages[0]).toBeLessThanOrEqual(600);
    expect(ages[1]).toBe(8 * 3600);
  });

  test.each([
    ['of so many in front', 1, '10.1.2.3', true],
    ['in a trusted network', ['10.0.0.0/8'], '10.1.2.3', true],
    ['in another network', ['10.0.0.0/8'], '192.0.2.1', undefined],
    ['where none is trusted', false, '10.1.2.3', undefined],
  ] as const)(
    'makes the cookie secure where a proxy %s says that the request came over https',
    async (_where, trust, remoteAddress, secure) => {
      const trustProxy = typeof trust === 'object' ? [...trust] : trust;
      const { app } = await openApp({ trustProxy });
      const headers = { ...sameOrigin, 'x-forwarded-proto': 'https' };
      const answer = await app.inject({ ...signInWith(adminToken(), headers), remoteAddress });
      expect(answer.cookies[0]?.secure).toBe(secure);
    },
  );

  test.each([
    ['of a patient', () => hs256(claims()), 403],
    ['that has expired', () => adminToken({ exp: inMinutes(-1) }), 401],
    ['signed by somebody else', () => hs256(claims({ role: 'admin' }), 'x'.repeat(40)), 401],
    ['that is empty', () => '', 401],
    ['that no cookie could hold', () => adminToken({ more: 'x'.repeat(4000) }), 401],
    ['that is a script', () => '<script>alert(1)</script>', 401],
  ])('turns away a token %s, and repeats nothing of it', async (_name, make, status) => {
    const { app } = shared();
    const token = make();
    const answer = await app.inject(signInWith(token));
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    if (token !== '') expect(answer.body).not.toContain(token);
  });

  test.each([
    ['a foreign page', { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:80' }],
    ['a page of a sister domain', { 'sec-fetch-site': 'same-site' }],
    ['a foreign page in an old browser', { origin: 'https://evil.example' }],
    ['a page that hides where it is from', { origin: 'null' }],
    ['nobody knows where', {}],
  ])('is refused from %s', async (_name, headers) => {
    const { app } = shared();
    const answer = await app.inject(signInWith(adminToken(), headers));
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('takes the origin for proof where a browser says nothing better', async () => {
    const { app } = shared();
    const headers = { host: 'clinic.lan:3000', origin: 'http://clinic.lan:3000' };
    const answer = await app.inject(signInWith(adminToken(), headers));
    expect(answer.statusCode).toBe(303);
  });
});

describe('POST /admin/queues/sign-out', () => {
  test('takes the cookie back', async () => {
    const { app } = shared();
    const answer = await app.inject({
      method: 'POST',
      url: '/admin/queues/sign-out',
      headers: { ...sameOrigin, ...form, ...cookieOf(adminToken()) },
      payload: '',
    });
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/admin/queues/sign-in');
    expect(answer.cookies).toMatchObject([{ name: 'queue_board', value: '', path: '/admin/queues' }]);
    expect(answer.cookies[0]?.expires?.getTime()).toBe(0);
  });

  test('is refused from a foreign page', async () => {
    const { app } = shared();
    const headers = { 'sec-fetch-site': 'cross-site', ...form, ...cookieOf(adminToken()) };
    const answer = await app.inject({ method: 'POST', url: '/admin/queues/sign-out', headers, payload: '' });
    expect(answer.statusCode).toBe(403);
  });
});

/** Pages, data and files of the board; the file is one that it really has. */
async function partsOfBoard(): Promise<string[]> {
  const page = await shared().app.inject({ url: '/admin/queues/', headers: asAdmin() });
  const script = /static\/js\/main\.[0-9a-f]+\.js/.exec(page.body)?.[0] ?? 'the page names no script';
  return [
    '/',
    '',
    '/queue/session-alarms',
    '/job-schedulers',
    '/api/queues',
    '/api/redis/stats',
    `/${script}`,
  ].map((part) => `/admin/queues${part}`);
}

describe('The queue board', () => {
  test('is open to administrators, by cookie as by token, with all its parts', async () => {
    const { app } = shared();
    for (const url of await partsOfBoard()) {
      if (url.endsWith('redis/stats')) continue;
      for (const headers of [cookieOf(adminToken()), asAdmin()]) {
        const answer = await app.inject({ url, headers });
        expect([url, answer.statusCode]).toStrictEqual([url, 200]);
      }
    }
  });

  test.each([
    ['without a token', {}, 401],
    ['with the token of a patient', asPatient(), 403],
    ['with the cookie of a patient', cookieOf(hs256(claims())), 403],
    ['with an expired cookie', cookieOf(adminToken({ exp: inMinutes(-1) })), 401],
    ['with a forged cookie', cookieOf(hs256(claims({ role: 'admin' }), 'x'.repeat(40))), 401],
    ['with a cookie of another name', { cookie: `token=${adminToken()}` }, 401],
    ['with a bad token beside a good cookie', { ...cookieOf(adminToken()), authorization: 'Bearer x' }, 401],
  ])('gives nothing away, not even a file, %s', async (_name, headers, status) => {
    const { app } = shared();
    for (const url of await partsOfBoard()) {
      const answer = await app.inject({ url, headers });
      expect([url, answer.statusCode]).toStrictEqual([url, status]);
      expect(answer.json()).toMatchObject({ success: false });
    }
  });

  test.each(['/admin/queues', '/admin/queues/', '/admin/queues/queue/session-alarms'])(
    'leads a person who follows a link to the sign-in page: %s',
    async (url) => {
      const { app } = shared();
      const answer = await app.inject({ url, headers: html });
      expect(answer.statusCode).toBe(303);
      expect(answer.headers.location).toBe('/admin/queues/sign-in');
      expect(answer.body).toBe('');
    },
  );

  test.each([
    '//admin/queues/api/queues',
    '/admin/queues//api/queues',
    '/admin/queues/%2e%2e/queues/api/queues',
    '/ADMIN/queues/api/queues',
    '/admin/queues/api/queues/',
    '/admin/queues/api/queues;a=b',
    '/admin/queues/static/../api/queues',
  ])('cannot be reached around its guard: %s', async (url) => {
    const { app } = shared();
    const answer = await app.inject({ url });
    expect([401, 404]).toContain(answer.statusCode);
  });

  test.each([
    ['an administrator', adminToken(), admin],
    ['a patient, who is refused', hs256(claims()), patient],
  ])('names in the log who does what on it: %s', async (_who, token, userId) => {
    const { app, logLines } = shared();
    const url = '/admin/queues/api/queues/session-alarms/pause';
    await app.inject({ method: 'PUT', url: `${url}?token=x`, headers: bearer(token) });
    const lines = logLines.map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 40, user_id: userId, method: 'PUT', path: url }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'answered', user_id: userId }));
  });

  test('names in the log who looks at it, and calls that no act', async () => {
    const { app, logLines } = shared();
    await app.inject({ url: '/admin/queues/api/queues', headers: asAdmin() });
    const lines = logLines.map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ level: 30, msg: 'answered', user_id: admin }]);
  });

  test.each([
    ['PUT', '/admin/queues/api/queues/pause'],
    ['PUT', '/admin/queues/api/queues/session-alarms/obliterate'],
    ['POST', '/admin/queues/api/queues/session-alarms/add'],
    ['PATCH', '/admin/queues/api/queues/session-alarms/1/update-data'],
  ] as const)('lets no foreign page change anything: %s %s', async (method, url) => {
    const { app } = shared();
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}]) {
      const answer = await app.inject({ method, url, headers: { ...headers, ...cookieOf(adminToken()) } });
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ success: false, code: 'forbidden' });
    }
    const own = await app.inject({ method, url, headers: { ...sameOrigin, ...cookieOf(adminToken()) } });
    expect(own.statusCode).not.toBe(403);
  });

  test('does not accept its cookie anywhere else', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/api/admin/sessions', headers: cookieOf(adminToken()) });
    expect(answer.statusCode).toBe(401);
  });
});
