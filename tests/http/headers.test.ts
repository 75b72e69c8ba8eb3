import { sharedApp } from './open-app.ts';
import { asPatient } from './tokens.ts';
import { describe, expect, test } from 'vitest';

const shared = sharedApp();

describe('The headers of an answer', () => {
  test('keep data out of caches and out of guesses about its type', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/api/text-appointments/501/receipt', headers: asPatient() });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test.each(['/docs', '/'])('keep pages from being framed and from foreign scripts: %s', async (url) => {
    const { app } = shared();
    const answer = await app.inject({ url });
    const policy = String(answer.headers['content-security-policy']);
    expect(answer.statusCode).toBe(200);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});

describe('A request id', () => {
  test.each(['a', 'req-42', '5b8e3a52-7d0c-4f4e-9a54-6f4f4a3f0f0e', 'a.b:c_d', 'x'.repeat(64)])(
    'is the one that the caller gave, if it is sane: %s',
    async (given) => {
      const { app, logLines } = shared();
      const answer = await app.inject({ url: '/api/nothing', headers: { 'x-request-id': given } });
      expect(answer.headers['x-request-id']).toBe(given);
      expect(logLines.map((line) => JSON.parse(line))).toMatchObject([{ request_id: given }]);
    },
  );

  test.each(['', 'x'.repeat(65), 'two words', 'a"b', 'ä', '<script>', '-leading', 'a\tb'])(
    'is a new one where the given one is not: %j',
    async (given) => {
      const { app } = shared();
      const answer = await app.inject({ url: '/api/nothing', headers: { 'x-request-id': given } });
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    },
  );

  test('is another for every request', async () => {
    const { app } = shared();
    const answers = await Promise.all([1, 2, 3].map(() => app.inject({ url: '/api/nothing' })));
    expect(new Set(answers.map(({ headers }) => headers['x-request-id'])).size).toBe(3);
  });
});
