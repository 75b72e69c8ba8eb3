import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { bundleClient, CLIENT, type ClientFiles } from '../../tools/client/bundle.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/.bin/tsc');
const KB = 1_000;

let files: ClientFiles;
beforeAll(async () => {
  files = await bundleClient();
});

test.each<[keyof ClientFiles, number]>([
  ['client.js', 6 * KB],
  ['react.js', KB],
])('%s has at most %i bytes, minified and gzipped', (name, mostBytes) => {
  expect(gzipSync(files[name], { level: 9 }).length).toBeLessThanOrEqual(mostBytes);
});

test('The core imports nothing, and the hooks import React alone', () => {
  expect(files['client.js']).not.toMatch(/\bimport\b/);
  expect(files['react.js'].match(/from\s*["'`][^"'`]+["'`]/g)).toEqual([expect.stringContaining('react')]);
});

test('The sources keep to ES2020, and to what browsers, React Native and Node share', async () => {
  await run(TSC, ['--project', CLIENT]);
});

const APP = `
import { createClient, ClientError, type Chat, type Message } from '@session-engine/client';
import { useAppointment, useTimeLeft } from '@session-engine/client/react';

const client = createClient({ baseUrl: 'http://localhost', getToken: async () => 'token', WebSocket, fetch });
const chat: Chat = client.appointment(42);
chat.on('deduction', ({ data }): number => data.units);
chat.on('*', ({ n }): number => n);
const message: Message = await chat.send('Good morning').sent;
const shown = (): readonly Message[] => useAppointment(client, 42).messages;
const left = (): number | undefined => useTimeLeft(chat)?.ms;
export { message, shown, left, ClientError };
// @ts-expect-error There is no such call.
chat.charge();
`;

test('The package installs into an empty project, and its types are right there, with and without a bundler', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await run(process.execPath, [join(ROOT, 'tools/client/pack.ts')], { cwd: directory });
  const packed = (await readdir(directory)).filter((name) => name.endsWith('.tgz'));
  expect(packed).toHaveLength(1);
  await writeFile(join(directory, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${packed[0]}`], { cwd: directory });
  expect(await readdir(join(directory, 'node_modules'))).toEqual(['.package-lock.json', '@session-engine']);
  await symlink(join(ROOT, 'node_modules/@types'), join(directory, 'node_modules/@types'));
  await writeFile(join(directory, 'app.ts'), APP);
  const strict = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    'false',
    '--types',
    'react',
    '--lib',
    'es2022,dom',
  ];
  for (const resolution of ['nodenext', 'bundler']) {
    const module = resolution === 'bundler' ? 'esnext' : resolution;
    const how = ['--target', 'es2022', '--module', module, '--moduleResolution', resolution];
    await run(TSC, [...strict, ...how, 'app.ts'], { cwd: directory });
  }
  const { stdout } = await run(
    process.execPath,
    ['--eval', "import('@session-engine/client').then((all) => console.log(Object.keys(all).join()))"],
    { cwd: directory },
  );
  expect(stdout.trim()).toBe('ClientError,createClient');
});
