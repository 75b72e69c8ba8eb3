import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openClientFile } from '../../../src/http/pages/client-file.ts';

const NOWHERE = '/nowhere/client.js';

test('A checkout makes the client of its own sources, the same bytes each time', async () => {
  const clientFile = openClientFile(NOWHERE);
  const file = await clientFile();
  expect(file.bytes.toString()).toMatch(/export\s*\{[^}]*createClient/);
  expect(file.etag).toMatch(/^"[\w-]{43}"$/);
  expect(await clientFile()).toBe(file);
  expect(await openClientFile(NOWHERE)()).toEqual(file);
});

test('An image serves the client that it was built with, and has another ETag for another client', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const built = join(directory, 'client.js');
  await writeFile(built, 'export const createClient = 1;');
  const file = await openClientFile(built, '/nowhere/build.ts')();
  expect(file.bytes.toString()).toBe('export const createClient = 1;');
  await writeFile(built, 'export const createClient = 2;');
  expect((await openClientFile(built)()).etag).not.toBe(file.etag);
});

test('Where there is no client and none can be made, the error says what to do', async () => {
  await expect(openClientFile(NOWHERE, '/nowhere/build.ts')()).rejects.toThrow(
    'install the development packages',
  );
});
