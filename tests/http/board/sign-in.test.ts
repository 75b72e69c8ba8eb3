import { describe, expect, test } from 'vitest';
import { admin, patient } from '../../../src/http/documentation/examples.ts';
import { StoreUnavailable } from '../../../src/sessions/store.ts';
import { type EngineDouble, engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { signInsInMemory } from '../sign-in-store.ts';
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

/** Signs in, and answers with the headers that a browser sends from then on. */
async function signedIn(): Promise<{ readonly cookie: string }> {
  const { cookies } = await shared().app.inject(signInWith(adminToken()));
  return { cookie: `console=${cookies[0]?.value}` };
}

describe('POST /admin/queues/sign-in', () => {
  test('gives an administrator a cookie that no script can read and no other path is sent', async () => {
    const { app } = shared();
    const token = adminToken();
    const answer = await app.inject(signInWith(token));
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/admin/queues/');
    expect(answer.cookies).toMatchObject([
      { name: 'console', path: '/admin', httpOnly: true, sameSite: 'Strict' },
    ]);
    const [cookie] = answer.cookies;
    expect(cookie).not.toHaveProperty('secure');
    expect(token).not.toContain(cookie?.value);
    const board = await app.inject({
      url: '/admin/queues/',
      headers: { cookie: `console=${cookie?.value}` },
    });
    expect(board.statusCode).toBe(200);
  });

  test('lets the cookie live for eight hours, however long the token lives that opened it', async () => {
    const { app } = shared();
    const short = await app.inject(signInWith(adminToken({ exp: inMinutes(1) })));
    const long = await app.inject(
      signInWith(adminToken({ exp: inMinutes(100_000), more: 'x'.repeat(5000) })),
    );
    const ages = [short, long].map(({ cookies }) => Number(cookies[0]?.maxAge));
    expect(ages).toStrictEqual([8 * 3600, 8 * 3600]);
  });

  test('gives each sign-in an id of its own', async () => {
    expect(await signedIn()).not.toStrictEqual(await signedIn());
  });

  test('lets one administrator open no more than others may send', async () => {
    const { app } = await openApp({ limits: { requestsPerMinute: 1 } });
    await app.inject(signInWith(adminToken()));
    const answer = await app.inject(signInWith(adminToken()));
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.body).toContain(`Too many attempts. Try again in ${answer.headers['retry-after']} s.`);
  });

  test('names in the log who signs in', async () => {
    const { app, logLines } = shared();
    await app.inject(signInWith(adminToken()));
    expect(logLines.map((line) => JSON.parse(line))).toMatchObject([{ msg: 'answered', user_id: admin }]);
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

const signOutWith = (headers: Record<string, string>) =>
  ({
    method: 'POST',
    url: '/admin/queues/sign-out',
    headers: { ...sameOrigin, ...form, ...headers },
    payload: '',
  }) as const;

describe('POST /admin/queues/sign-out', () => {
  test('takes the cookie back, and leaves nothing to whoever copied it', async () => {
    const { app } = shared();
    const copied = await signedIn();
    const other = await signedIn();
    const answer = await app.inject(signOutWith(copied));
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/admin/queues/sign-in');
    expect(answer.cookies).toMatchObject([{ name: 'console', value: '', path: '/admin' }]);
    expect(answer.cookies[0]?.expires?.getTime()).toBe(0);
    expect((await app.inject({ url: '/admin/queues/', headers: copied })).statusCode).toBe(401);
    expect((await app.inject({ url: '/admin/queues/', headers: other })).statusCode).toBe(200);
  });

  test('says that nobody was signed out where that could not be stored', async () => {
    const away = signInsInMemory();
    const engine = {
      ...engineDouble(),
      signIns: { ...away, end: () => Promise.reject(new StoreUnavailable()) },
    };
    const { app } = await openApp({ engine });
    const answer = await app.inject(signOutWith(await signedIn()));
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('is refused from a foreign page', async () => {
    const { app } = shared();
    const cookie = await signedIn();
    const answer = await app.inject(signOutWith({ ...cookie, 'sec-fetch-site': 'cross-site' }));
    expect(answer.statusCode).toBe(403);
    expect((await app.inject({ url: '/admin/queues/', headers: cookie })).statusCode).toBe(200);
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
      for (const headers of [await signedIn(), asAdmin()]) {
        const answer = await app.inject({ url, headers });
        expect([url, answer.statusCode]).toStrictEqual([url, 200]);
      }
    }
  });

  test.each([
    ['without a token', {}, 401],
    ['with the token of a patient', asPatient(), 403],
    ['with a cookie that nobody was given', { cookie: `console=${'A'.repeat(43)}` }, 401],
    ['with a cookie that is no id', { cookie: 'console=%00%27' }, 401],
    ['with a token in the cookie', { cookie: `console=${adminToken()}` }, 401],
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
    const cookie = await signedIn();
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}]) {
      const answer = await app.inject({ method, url, headers: { ...headers, ...cookie } });
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ success: false, code: 'forbidden' });
    }
    const own = await app.inject({ method, url, headers: { ...sameOrigin, ...cookie } });
    expect(own.statusCode).not.toBe(403);
  });

  test('answers 503 where the database is away and this process has not seen the sign-in before', async () => {
    const away = { ...signInsInMemory(), find: () => Promise.reject(new StoreUnavailable()) };
    const { app } = await openApp({ engine: { ...engineDouble(), signIns: away } });
    for (const url of ['/admin/queues/', '/admin/queues/api/queues']) {
      const answer = await app.inject({ url, headers: await signedIn() });
      expect([url, answer.statusCode]).toStrictEqual([url, 503]);
      expect(answer.json()).toMatchObject({ success: false, code: 'unavailable' });
    }
  });

  const retrying = '/admin/queues/api/queues/session-alarms/7/retry';
  const recordedBy = ({ asked }: EngineDouble) => asked.filter(({ name }) => name === 'recordAction');

  test('records what an administrator does on it, before it is done', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ method: 'PUT', url: `${retrying}?token=x`, headers: asAdmin() });

    expect(recordedBy(engine)).toStrictEqual([
      {
        name: 'recordAction',
        with: {
          actorId: admin,
          action: 'queue.retry',
          targetKind: 'queue',
          targetId: null,
          patientId: null,
          note: null,
          before: null,
          after: { queue: 'session-alarms', job: '7' },
          requestId: answer.headers['x-request-id'],
        },
      },
    ]);
  });

  test('records what it refuses to an administrator, and nothing of those who only look', async () => {
    const { app, engine } = shared();
    const headers = { ...(await signedIn()), 'sec-fetch-site': 'cross-site' };
    const refused = await app.inject({ method: 'PUT', url: retrying, headers });
    expect(refused.statusCode).toBe(403);
    expect(recordedBy(engine)).toHaveLength(1);

    await app.inject({ url: '/admin/queues/api/queues', headers: asAdmin() });
    expect(recordedBy(engine)).toHaveLength(1);
  });

  test('lets nobody but administrators fill the record', async () => {
    const { app, engine } = shared();
    expect((await app.inject({ method: 'PUT', url: retrying, headers: asPatient() })).statusCode).toBe(403);
    expect((await app.inject({ method: 'PUT', url: retrying })).statusCode).toBe(401);
    expect(recordedBy(engine)).toHaveLength(0);
  });

  test('does nothing that cannot be recorded', async () => {
    const engine = engineDouble();
    const record = () => Promise.reject(new StoreUnavailable());
    const { app } = await openApp({ engine: { ...engine, actions: { ...engine.actions, record } } });
    const answer = await app.inject({ method: 'PUT', url: retrying, headers: asAdmin() });

    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'unavailable' });
    expect((await app.inject({ url: '/admin/queues/', headers: asAdmin() })).statusCode).toBe(200);
  });

  test('does not accept its cookie anywhere else', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/api/admin/sessions', headers: await signedIn() });
    expect(answer.statusCode).toBe(401);
  });

  test('is closed to a cookie of another name, and to a good one beside a bad token', async () => {
    const { app } = shared();
    const { cookie } = await signedIn();
    for (const headers of [
      { cookie: cookie.replace('console', 'token') },
      { cookie, authorization: 'Bearer x' },
    ])
      expect((await app.inject({ url: '/admin/queues/', headers })).statusCode).toBe(401);
  });
});
