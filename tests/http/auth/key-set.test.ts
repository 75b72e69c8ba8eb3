import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createKeySet, KeysUnavailable } from '../../../src/http/auth/key-set.ts';
import { openApp } from '../open-app.ts';
import { hs256 } from '../../../tools/kit/tokens.ts';
import { bearer, claims, signedWith } from '../tokens.ts';

const ROUTE = '/api/text-appointments/501/session-status';
const first = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const second = generateKeyPairSync('rsa', { modulusLength: 2048 });

const jwk = first.publicKey.export({ format: 'jwk' });

const published = (key: KeyObject, kid: string, more: object = {}) => ({
  ...key.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  ...more,
});

interface Provider {
  readonly url: string;
  keys: unknown[];
  status: number;
  asked: number;
  sentBytes: number;
  /** From now on no answer comes. */
  readonly holdBack: () => void;
  /** From now on an answer does not end. */
  readonly flood: () => void;
}

const many = Array.from({ length: 20_000 }, (_, index) => ({ ...jwk, kid: `k${index}`, use: 'sig' }));

/** An identity provider on the loopback interface. */
async function openProvider(...keys: unknown[]): Promise<Provider> {
  let manner: 'usual' | 'held' | 'flood' = 'usual';
  const server: Server = createServer((_request, response) => {
    provider.asked += 1;
    if (manner === 'held') return;
    response.writeHead(provider.status, { 'content-type': 'application/json' });
    if (manner === 'usual') {
      response.end(JSON.stringify({ keys: provider.keys }));
      return;
    }
    const piece = Buffer.alloc(64 * 1024, ' ');
    const send = (): void => {
      while (!response.destroyed) {
        provider.sentBytes += piece.length;
        if (!response.write(piece)) return void response.once('drain', send);
      }
    };
    send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP address');
  const provider: Provider = {
    url: `http://127.0.0.1:${address.port}/keys`,
    keys,
    status: 200,
    asked: 0,
    sentBytes: 0,
    holdBack: () => {
      manner = 'held';
    },
    flood: () => {
      manner = 'flood';
    },
  };
  return provider;
}

const times = { freshMs: 60_000, staleMs: 120_000, pauseMs: 60_000, timeoutMs: 1000 };

describe('A published key set', () => {
  test('recognises a token that one of its keys has signed, and is fetched once for many requests', async () => {
    const provider = await openProvider(published(first.publicKey, 'a'), published(second.publicKey, 'b'));
    const { app } = await openApp({
      authentication: { kind: 'jwks', url: provider.url, issuer: null, audience: null },
    });
    const byFirst = bearer(signedWith(first.privateKey, 'ES256', claims(), { kid: 'a' }));
    const bySecond = bearer(signedWith(second.privateKey, 'RS256', claims(), { kid: 'b' }));
    const answers = await Promise.all(
      [byFirst, bySecond, byFirst, bySecond].map((headers) => app.inject({ url: ROUTE, headers })),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([200, 200, 200, 200]);
    expect(provider.asked).toBe(1);
  });

  test.each([
    ['names a key that is not in it', () => signedWith(first.privateKey, 'ES256', claims(), { kid: 'z' })],
    ['names no key of two', () => signedWith(first.privateKey, 'ES256', claims())],
    [
      'is signed by another than it names',
      () => signedWith(second.privateKey, 'RS256', claims(), { kid: 'a' }),
    ],
    ['uses a public key as a secret', () => hs256(claims(), 'x'.repeat(40), { alg: 'HS256', kid: 'a' })],
    [
      'names a key that is for encryption',
      () => signedWith(first.privateKey, 'ES256', claims(), { kid: 'enc' }),
    ],
    ['names a shared secret', () => hs256(claims(), 'secret', { alg: 'HS256', kid: 'oct' })],
  ])('lets nobody in whose token %s', async (_name, token) => {
    const provider = await openProvider(
      published(first.publicKey, 'a'),
      published(second.publicKey, 'b'),
      published(first.publicKey, 'enc', { use: 'enc' }),
      { kty: 'oct', k: Buffer.from('secret').toString('base64url'), kid: 'oct' },
      null,
    );
    const { app } = await openApp({
      authentication: { kind: 'jwks', url: provider.url, issuer: null, audience: null },
    });
    const answer = await app.inject({ url: ROUTE, headers: bearer(token()) });
    expect(answer.statusCode).toBe(401);
  });

  test('is not fetched again for every token that names an unknown key', async () => {
    const provider = await openProvider(published(first.publicKey, 'a'));
    const keySet = createKeySet(provider.url, times);
    for (let index = 0; index < 50; index += 1)
      expect(await keySet.keyFor({ kid: `unknown-${index}`, alg: 'ES256' })).toBeNull();

    expect(provider.asked).toBe(1);
  });

  test('is fetched again for a key that was added', async () => {
    const provider = await openProvider(published(first.publicKey, 'a'));
    const keySet = createKeySet(provider.url, { ...times, pauseMs: 0 });
    expect(await keySet.keyFor({ kid: 'b', alg: 'RS256' })).toBeNull();
    provider.keys.push(published(second.publicKey, 'b'));
    expect(await keySet.keyFor({ kid: 'b', alg: 'RS256' })).toContain('PUBLIC KEY');
  });

  test.each([
    ['has a name, of a token that names none', 'a', undefined],
    ['has no name, of a token that names none', undefined, undefined],
    ['has no name, of a token that names one', undefined, 'a'],
  ])('of a single key is used where the key %s', async (_what, ofKey, named) => {
    const provider = await openProvider({ ...first.publicKey.export({ format: 'jwk' }), kid: ofKey });
    const keySet = createKeySet(provider.url, times);
    expect(await keySet.keyFor({ kid: named, alg: 'ES256' })).toContain('PUBLIC KEY');
  });

  test('of a single key with a name is not used for a token that names another', async () => {
    const provider = await openProvider(published(first.publicKey, 'a'));
    expect(await createKeySet(provider.url, times).keyFor({ kid: 'b', alg: 'ES256' })).toBeNull();
  });

  test('is fetched again behind the answers: a key that is known waits for nobody', async () => {
    const provider = await openProvider(published(first.publicKey, 'a'));
    const keySet = createKeySet(provider.url, { ...times, freshMs: 0, pauseMs: 0 });
    const named = { kid: 'a', alg: 'ES256' };
    await keySet.keyFor(named);
    provider.holdBack();
    expect(await keySet.keyFor(named)).toContain('PUBLIC KEY');
    await vi.waitFor(() => expect(provider.asked).toBe(2));
  });

  test.each([
    ['is endless', (provider: Provider) => provider.flood()],
    ['has more keys than any provider', (provider: Provider) => void provider.keys.push(...many)],
  ])('is not believed where it %s', async (_what, spoil) => {
    const provider = await openProvider(published(first.publicKey, 'a'));
    const keySet = createKeySet(provider.url, { ...times, freshMs: 0, pauseMs: 0, timeoutMs: 5000 });
    const named = { kid: 'a', alg: 'ES256' };
    await keySet.keyFor(named);
    spoil(provider);
    const beforeMs = performance.now();
    expect(await keySet.keyFor({ ...named, kid: 'b' })).toBeNull();
    expect(performance.now() - beforeMs).toBeLessThan(4_000);
    expect(provider.sentBytes).toBeLessThan(16_000_000);
    expect(await keySet.keyFor(named)).toContain('PUBLIC KEY');
  });

  test('is used on for a while when it cannot be fetched, and then no more', async () => {
    const provider = await openProvider(published(first.publicKey, 'a'));
    const lasting = createKeySet(provider.url, { ...times, freshMs: 0, pauseMs: 0 });
    const short = createKeySet(provider.url, { ...times, freshMs: 0, pauseMs: 0, staleMs: 0 });
    const named = { kid: 'a', alg: 'ES256' };
    expect(await lasting.keyFor(named)).toContain('PUBLIC KEY');
    provider.status = 500;
    expect(await lasting.keyFor(named)).toContain('PUBLIC KEY');
    await expect(short.keyFor(named)).rejects.toBeInstanceOf(KeysUnavailable);
  });

  test('answers 503 and not 401 when it was never reached: the caller has done nothing wrong', async () => {
    const provider = await openProvider();
    provider.status = 404;
    const { app } = await openApp({
      authentication: { kind: 'jwks', url: provider.url, issuer: null, audience: null },
    });
    const token = signedWith(first.privateKey, 'ES256', claims(), { kid: 'a' });
    const answer = await app.inject({ url: ROUTE, headers: bearer(token) });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ success: false, code: 'unavailable' });
    expect(answer.headers['retry-after']).toBe('1');
  });
});
