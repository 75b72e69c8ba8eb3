import { describe, expect, test } from 'vitest';
import { admin, patient } from '../../../src/http/documentation/examples.ts';
import { StoreUnavailable } from '../../../src/sessions/store.ts';
import { type EngineDouble, engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { signInsInMemory } from '../sign-in-store.ts';
import { hs256 } from '../../../tools/kit/tokens.ts';
import { adminToken, asAdmin, asPatient, bearer, claims } from '../tokens.ts';
import { SAME_ORIGIN, signedIn } from '../console/signed-in.ts';

const shared = sharedApp();
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

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
      for (const headers of [await signedIn(shared().app), asAdmin()]) {
        const answer = await app.inject({ url, headers });
        expect([url, answer.statusCode]).toStrictEqual([url, 200]);
      }
    }
  });

  test('shows a way back to the console on each of its pages, and only there', async () => {
    const { app } = shared();
    for (const url of await partsOfBoard()) {
      if (url.endsWith('redis/stats')) continue;
      const { body, headers } = await app.inject({ url, headers: asAdmin() });
      const isPage = String(headers['content-type']).startsWith('text/html');
      expect([url, body.includes('<a href="/admin/now"')]).toStrictEqual([url, isPage]);
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
      expect(answer.headers.location).toBe(`/admin/sign-in?next=${encodeURIComponent(url)}`);
      expect(answer.body).toBe('');
    },
  );

  test('leads from where people signed in before there was a console to where they sign in now', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/admin/queues/sign-in', headers: html });
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/admin/sign-in?next=%2Fadmin%2Fqueues%2F');
  });

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
    const cookie = await signedIn(shared().app);
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}]) {
      const answer = await app.inject({ method, url, headers: { ...headers, ...cookie } });
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ success: false, code: 'forbidden' });
    }
    const own = await app.inject({ method, url, headers: { ...SAME_ORIGIN, ...cookie } });
    expect(own.statusCode).not.toBe(403);
  });

  test('answers 503 where the database is away and this process has not seen the sign-in before', async () => {
    const away = { ...signInsInMemory(), find: () => Promise.reject(new StoreUnavailable()) };
    const { app } = await openApp({ engine: { ...engineDouble(), signIns: away } });
    for (const url of ['/admin/queues/', '/admin/queues/api/queues']) {
      const answer = await app.inject({ url, headers: await signedIn(app) });
      expect([url, answer.statusCode]).toStrictEqual([url, 503]);
      expect(answer.json()).toMatchObject({ success: false, code: 'unavailable' });
    }
  });

  const retrying = '/admin/queues/api/queues/session-alarms/7/retry';
  const recordedBy = ({ asked }: EngineDouble) =>
    asked.filter(
      ({ name, with: act }) => name === 'recordAction' && String(Object(act).action).startsWith('queue.'),
    );

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
    const headers = { ...(await signedIn(app)), 'sec-fetch-site': 'cross-site' };
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

  test('is closed to a cookie of another name, and to a good one beside a bad token', async () => {
    const { app } = shared();
    const { cookie } = await signedIn(shared().app);
    for (const headers of [
      { cookie: cookie.replace('console', 'token') },
      { cookie, authorization: 'Bearer x' },
    ])
      expect((await app.inject({ url: '/admin/queues/', headers })).statusCode).toBe(401);
  });
});
