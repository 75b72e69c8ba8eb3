import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApp } from '../open-app.ts';

const SHELL = '<!doctype html><title>Console</title>';
const SCRIPT = 'export const a = 1;';

/** A console as the build leaves it. */
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'session-engine-console-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), SHELL);
  await writeFile(join(directory, 'assets/main-4f2a.js'), SCRIPT);
  await writeFile(join(directory, 'assets/main-4f2a.js.br'), brotliCompressSync(SCRIPT));
});
afterAll(() => rm(directory, { recursive: true }));

const openConsole = () => openApp({ consoleDirectory: directory });

describe('The pages of the console', () => {
  test.each(['/admin', '/admin/'])('begin with Now: %s', async (url) => {
    const { app } = await openConsole();
    const answer = await app.inject({ url });
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe('/admin/now');
  });

  test.each(['/admin/now', '/admin/sign-in', '/admin/sessions/7', '/admin/patients/7?a=b', '/admin/nothing'])(
    'are one page, served to everybody: %s',
    async (url) => {
      const { app } = await openConsole();
      const answer = await app.inject({ url });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-cache');
      expect(answer.body).toBe(SHELL);
    },
  );

  test('may load from their own origin alone, run no text as a script, and be framed by nobody', async () => {
    const { app } = await openConsole();
    const { headers } = await app.inject({ url: '/admin/now' });
    const policy = String(headers['content-security-policy']).split(';');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "require-trusted-types-for 'script'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy.find((part) => part.startsWith('style-src'))).toMatch(
      /^style-src 'self' 'sha256-[\w+/]{43}='$/,
    );
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  test('leave the paths of the board to the board', async () => {
    const { app } = await openConsole();
    for (const url of ['/admin/queues/nothing', '/admin/queues/static/../api/queues', '/admin/queues;a=b'])
      expect([url, (await app.inject({ url })).body.includes('<title>Console')]).toEqual([url, false]);
  });
});

describe('The files of the console', () => {
  test('are kept for ever, because their names change with them, and are sent as they were compressed', async () => {
    const { app } = await openConsole();
    const headers = { 'accept-encoding': 'gzip, br' };
    const answer = await app.inject({ url: '/admin/assets/main-4f2a.js', headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      'content-type': 'application/javascript; charset=utf-8',
    });
    expect(answer.rawPayload).toEqual(brotliCompressSync(SCRIPT));
    const plain = await app.inject({ url: '/admin/assets/main-4f2a.js' });
    expect(plain.body).toBe(SCRIPT);
  });

  test('are those of the build, and no others', async () => {
    const { app } = await openConsole();
    const answer = await app.inject({ url: '/admin/assets/main-0000.js' });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ success: false, code: 'not_found' });
  });
});

describe('Without the files of the console', () => {
  test('its pages answer 503 and say what to run, and the API answers as ever', async () => {
    const { app } = await openApp({ consoleDirectory: join(directory, 'nothing') });
    for (const url of ['/admin/now', '/admin/sign-in', '/admin/assets/main-4f2a.js']) {
      const answer = await app.inject({ url });
      expect([url, answer.statusCode]).toEqual([url, 503]);
      expect(answer.body).toContain('npm run console:build');
    }
    expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200);
    expect((await app.inject({ url: '/api/admin/me' })).statusCode).toBe(401);
  });
});
