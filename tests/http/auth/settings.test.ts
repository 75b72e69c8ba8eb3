import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { TokenKey } from '../../../src/http/auth/settings.ts';
import { openApp } from '../open-app.ts';
import { hs256 } from '../../../tools/kit/tokens.ts';
import { bearer, claims, signedWith } from '../tokens.ts';

const ROUTE = '/api/text-appointments/501/session-status';
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' });
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' });

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');

const settingsOf = (key: TokenKey) => ({ authentication: { ...key, issuer: null, audience: null } });

describe('The key of access tokens', () => {
  test.each([
    ['RS256', rsa],
    ['ES256', p256],
    ['EdDSA', ed25519],
  ])('may be public: %s', async (alg, pair) => {
    const { app } = await openApp(settingsOf({ kind: 'public_key', pem: spki(pair.publicKey) }));
    const headers = bearer(signedWith(pair.privateKey, alg, claims()));
    const answers = [await app.inject({ url: ROUTE, headers }), await app.inject({ url: ROUTE, headers })];
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([200, 200]);
  });

  test.each([
    ['was used as if it were a secret', () => hs256(claims(), spki(rsa.publicKey))],
    ['was so used, without its last line break', () => hs256(claims(), spki(rsa.publicKey).trim())],
    ['is of the right kind, but another', () => signedWith(otherRsa.privateKey, 'RS256', claims())],
    ['is of another kind', () => signedWith(p256.privateKey, 'ES256', claims())],
    ['expired', () => signedWith(rsa.privateKey, 'RS256', claims({ exp: 1000 }))],
    ['says that nothing is signed', () => signedWith(rsa.privateKey, 'none', claims())],
  ])('lets nobody in whose token %s', async (_name, token) => {
    const { app } = await openApp(settingsOf({ kind: 'public_key', pem: spki(rsa.publicKey) }));
    const answer = await app.inject({ url: ROUTE, headers: bearer(token()) });
    expect(answer.statusCode).toBe(401);
  });

  test('forgets a token when it expires, although it remembers good ones for a while', async () => {
    const { app } = await openApp(settingsOf({ kind: 'public_key', pem: spki(p256.publicKey) }));
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const exp = Math.floor(Date.now() / 1000) + 1;
    const headers = bearer(signedWith(p256.privateKey, 'ES256', claims({ exp })));
    const before = await app.inject({ url: ROUTE, headers });
    vi.setSystemTime(exp * 1000 + 1);
    const after = await app.inject({ url: ROUTE, headers });
    expect([before.statusCode, after.statusCode]).toStrictEqual([200, 401]);
  });

  test.each<[string, TokenKey]>([
    ['an empty secret', { kind: 'secret', secret: '' }],
    ['a secret of 31 bytes', { kind: 'secret', secret: 'x'.repeat(31) }],
    ['a public key in the place of the secret', { kind: 'secret', secret: spki(rsa.publicKey) }],
    [
      'a published key set in its place',
      { kind: 'secret', secret: JSON.stringify({ keys: [{ kty: 'RSA' }] }) },
    ],
    ['a private key in the place of the public one', { kind: 'public_key', pem: pkcs8(rsa.privateKey) }],
    ['no key', { kind: 'public_key', pem: '' }],
    [
      'a key that is too short',
      { kind: 'public_key', pem: spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey) },
    ],
    [
      'a curve that no app of ours uses',
      { kind: 'public_key', pem: spki(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey) },
    ],
    ['a key set over plain http', { kind: 'jwks', url: 'http://keys.example/jwks.json' }],
  ])('stops the start where it is %s', async (_name, key) => {
    await expect(openApp(settingsOf(key))).rejects.toThrow();
  });
});
