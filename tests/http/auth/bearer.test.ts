import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BY_SECRET, openApp, sharedApp } from '../open-app.ts';
import { encode, hs256, SECRET } from '../../../tools/kit/tokens.ts';
import { bearer, claims, inMinutes, signedWith } from '../tokens.ts';

const shared = sharedApp();

const ROUTE = '/api/text-appointments/501/session-status';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const withoutClaim = (name: string) => {
  const { [name]: _, ...rest } = claims();
  return rest;
};
const unsigned = (header: object, payload: unknown) => `${encode(header)}.${encode(payload)}.`;
const sha512 = (payload: unknown) => {
  const input = `${encode({ alg: 'HS512' })}.${encode(payload)}`;
  return `${input}.${createHmac('sha512', SECRET).update(input).digest('base64url')}`;
};

/** Every one of these would be somebody, were the check any weaker. */
const wrong: [string, () => string][] = [
  ['says that it is not signed', () => unsigned({ alg: 'none' }, claims())],
  ['says so in another spelling', () => unsigned({ alg: 'NoNe' }, claims())],
  ['says so and is signed', () => hs256(claims(), SECRET, { alg: 'none' })],
  ['has no signature', () => unsigned({ alg: 'HS256' }, claims())],
  ['names no algorithm', () => hs256(claims(), SECRET, { typ: 'JWT' })],
  ['is signed by another algorithm with the same secret', () => sha512(claims())],
  ['is signed by a key pair of its own', () => signedWith(rsa.privateKey, 'RS256', claims())],
  ['is signed with another secret', () => hs256(claims(), 'another-secret-of-more-than-thirty-two-bytes')],
  ['is signed with an empty secret', () => hs256(claims(), '')],
  [
    'was changed after it was signed',
    () => hs256(claims()).replace(/\.[^.]+\./, `.${encode(claims({ sub: 7 }))}.`),
  ],
  ['has expired', () => hs256(claims({ exp: inMinutes(-1) }))],
  ['expired a second ago', () => hs256(claims({ exp: Math.floor(Date.now() / 1000) - 1 }))],
  ['never expires', () => hs256(withoutClaim('exp'))],
  ['expires at a text', () => hs256(claims({ exp: String(inMinutes(10)) }))],
  ['expires at null', () => hs256(claims({ exp: null }))],
  ['expires at infinity', () => hs256(JSON.parse('{"sub":1001,"exp":1e400}'))],
  ['is not valid yet', () => hs256(claims({ nbf: inMinutes(5) }))],
  ['is valid from a text on', () => hs256(claims({ nbf: 'now' }))],
  ['names nobody', () => hs256(withoutClaim('sub'))],
  ['names nobody at 0', () => hs256(claims({ sub: 0 }))],
  ['names a negative user', () => hs256(claims({ sub: -1 }))],
  ['names a fraction of a user', () => hs256(claims({ sub: 1.5 }))],
  ['names a user beyond what is exact', () => hs256(claims({ sub: 2 ** 53 }))],
  ['names such a user as text', () => hs256(claims({ sub: '9007199254740992' }))],
  ['names a user by mail address', () => hs256(claims({ sub: 'a@example.org' }))],
  ['names a user with leading zeros', () => hs256(claims({ sub: '01001' }))],
  ['names a user in powers of ten', () => hs256(claims({ sub: '1e3' }))],
  ['names a user with blanks', () => hs256(claims({ sub: ' 1001' }))],
  ['names several users', () => hs256(claims({ sub: [1001] }))],
  ['names true', () => hs256(claims({ sub: true }))],
  ['carries an array', () => hs256([claims()])],
  ['carries a text', () => hs256('1001')],
  ['carries null', () => hs256(null)],
  ['demands what we do not know', () => hs256(claims(), SECRET, { alg: 'HS256', crit: ['b64'], b64: true })],
  [
    'brings its own key',
    () => hs256(claims(), 'k'.repeat(40), { alg: 'HS256', jwk: { kty: 'oct', k: 'a2tr' } }),
  ],
  ['has padding', () => `${hs256(claims())}=`],
  ['is no token', () => 'token'],
  ['is two dots', () => '..'],
];

describe('An access token', () => {
  test.each(wrong)('authenticates nobody if it %s', async (_name, token) => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: ROUTE, headers: bearer(token()) });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toStrictEqual({
      success: false,
      code: 'unauthenticated',
      message: expect.any(String),
      errors: [],
      data: {},
    });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(engine.asked).toStrictEqual([]);
  });

  test.each([
    ['in the query', { url: `${ROUTE}?token=${hs256(claims())}&access_token=${hs256(claims())}` }],
    [
      'in a cookie',
      { url: ROUTE, headers: { cookie: `token=${hs256(claims())}; console=${hs256(claims())}` } },
    ],
    ['by another scheme', { url: ROUTE, headers: { authorization: `Basic ${hs256(claims())}` } }],
    ['without a scheme', { url: ROUTE, headers: { authorization: hs256(claims()) } }],
    [
      'twice',
      { url: ROUTE, headers: { authorization: `Bearer ${hs256(claims())}, Bearer ${hs256(claims())}` } },
    ],
  ])('authenticates nobody where it comes %s', async (_name, request) => {
    const { app } = shared();
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(401);
  });

  test.each([
    ['a number', 1001],
    ['a decimal text', '1001'],
    ['the largest exact number', Number.MAX_SAFE_INTEGER],
  ])('may name its user by %s', async (_name, sub) => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: ROUTE, headers: bearer(hs256(claims({ sub }))) });
    expect(answer.statusCode).toBe(200);
    expect(engine.asked).toStrictEqual([{ name: 'status', with: [501, Number(sub)] }]);
  });

  test('may be introduced by any spelling of Bearer', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: ROUTE, headers: { authorization: `bearer ${hs256(claims())}` } });
    expect(answer.statusCode).toBe(200);
  });

  test.each([
    ['issuer', { iss: 'https://other.example' }],
    ['issuer', {}],
    ['issuer', { iss: ['https://clinic.example'] }],
    ['issuer', { iss: 'https://clinic.example/' }],
    ['audience', { iss: 'https://clinic.example', aud: 'other' }],
    ['audience', { iss: 'https://clinic.example' }],
    ['audience', { iss: 'https://clinic.example', aud: [] }],
    ['audience', { iss: 'https://clinic.example', aud: ['other', 'sessions2'] }],
  ])('authenticates nobody with a wrong %s: %j', async (_name, more) => {
    const { app } = await openApp({
      authentication: { ...BY_SECRET, issuer: 'https://clinic.example', audience: 'sessions' },
    });
    const sound = claims({ iss: 'https://clinic.example', aud: ['app', 'sessions'] });
    const control = await app.inject({ url: ROUTE, headers: bearer(hs256(sound)) });
    const answer = await app.inject({ url: ROUTE, headers: bearer(hs256(claims(more))) });
    expect([control.statusCode, answer.statusCode]).toStrictEqual([200, 401]);
  });
});

describe('A token that is not valid yet by our clock', () => {
  test.each([
    [5_000, 3, 200],
    [5_000, 60, 401],
    [0, 60, 401],
    [0, -1, 200],
  ])(
    'is taken within the tolerance: with %i ms, %i s ahead, %i',
    async (notBeforeToleranceMs, ahead, status) => {
      const { app } = await openApp({
        authentication: { ...BY_SECRET, notBeforeToleranceMs },
      });
      const nbf = Math.floor(Date.now() / 1000) + ahead;
      const answer = await app.inject({ url: ROUTE, headers: bearer(hs256(claims({ nbf }))) });
      expect(answer.statusCode).toBe(status);
    },
  );

  test('is never taken after its end, whatever the tolerance', async () => {
    const { app } = await openApp({
      authentication: { ...BY_SECRET, notBeforeToleranceMs: 300_000 },
    });
    const exp = Math.floor(Date.now() / 1000) - 1;
    expect((await app.inject({ url: ROUTE, headers: bearer(hs256(claims({ exp }))) })).statusCode).toBe(401);
  });
});

describe('Every route of the API', () => {
  test('asks who is there before anything else', async () => {
    const { app, engine } = shared();
    const { paths } = app.swagger();
    const routes = Object.entries(paths ?? {}).filter(([path]) => path.startsWith('/api/'));
    expect(routes.length).toBeGreaterThan(10);
    for (const [path, methods] of routes)
      for (const method of Object.keys(methods)) {
        const answer = await app.inject({
          method: method === 'get' ? 'GET' : method === 'put' ? 'PUT' : 'POST',
          url: path.replaceAll(/\{\w+\}/g, '1'),
          headers: { 'content-type': 'application/json' },
          payload: '{',
        });
        expect([method, path, answer.statusCode]).toStrictEqual([method, path, 401]);
      }

    expect(engine.asked).toStrictEqual([]);
  });
});
