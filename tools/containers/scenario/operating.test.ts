import { generateKeyPairSync, sign } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { shell } from '../shell.ts';
import { book, call, end, start, status, write } from './clinic.ts';
import { compose, inContainer, inspect, podman, PROJECT } from './engine.ts';
import { startEngine } from './start-engine.ts';

/** What docs/operating.md tells an operator to do, done. Each test goes on from where the one before it ended. */
beforeAll(startEngine);
beforeAll(() => up());

const up = (...more: readonly string[]): Promise<string> =>
  compose('up', '--detach', '--wait', '--no-build', ...more);

const DOTENV = join(PROJECT, '.env');

/** Adds lines to .env and gives back what it was before. */
async function addSettings(lines: string): Promise<string> {
  const before = await readFile(DOTENV, 'utf8');
  await writeFile(DOTENV, `${before}\n${lines}\n`);
  return before;
}

/** The commands of a section that are about docker compose, block by block. */
async function commandsIn(section: string): Promise<readonly string[]> {
  const [, body = ''] = new RegExp(`\\n## ${section}\\n(.*?)\\n## `, 's').exec(await documents()) ?? [];
  return Array.from(body.matchAll(/^```sh\n(.*?)^```$/gms), ([, commands = '']) => asTyped(commands));
}

const documents = (): Promise<string> => readFile(join(PROJECT, 'docs/operating.md'), 'utf8');

/** There is no registry here: images are built before. */
const asTyped = (commands: string): string =>
  commands
    .replace('docker compose build\n', '')
    .replaceAll('docker compose', 'docker-compose')
    .replaceAll('--wait', '--wait --no-build');

const type = (commands: string): Promise<string> =>
  shell(['sh', '-euc', commands], { cwd: PROJECT, environment: { DOCKER_HOST: 'unix:///run/podman.sock' } });

test('a dump, restored by the commands of the documents, holds what it held and nothing that came later', async () => {
  const [dump = '', restore = ''] = await commandsIn('Backups');
  await book(1, 10);
  await start(1);
  await end(1);
  await type(dump);
  await book(2, 10);
  await start(2);
  await type(restore);
  expect(await status(1)).toMatchObject({ status: 200, body: { data: { is_ended: true } } });
  expect((await status(2)).status).toBe(404);
});

test('three workers run side by side', async () => {
  await up('--scale=worker=3');
  const workers = JSON.parse(await podman('ps', '--filter=name=-worker-', '--format=json'));
  expect(workers).toHaveLength(3);
  await up('--scale=worker=1');
});

test('a new version takes over a session that is under way, by the commands of the documents', async () => {
  await book(3, 100);
  const started = await start(3);
  await write('patient', 3);
  const before = await inspect('api');
  await shell(['podman', 'build', '--tag=docker.io/library/session-engine:next', '-'], {
    input: 'FROM docker.io/library/session-engine:local\nLABEL version=next\n',
  });
  const kept = await addSettings('IMAGE_TAG=next');
  const [upgrade = ''] = await commandsIn('Upgrading');
  const watch = new AbortController();
  const silence = longestSilenceMs(watch.signal);
  await type(upgrade);
  watch.abort();
  console.log(`the API was away for ${Math.round((await silence) / 1000)} s`);
  const after = await inspect('api');
  expect([before.ImageName, after.ImageName].map((name) => name.split(':').at(-1))).toEqual([
    'local',
    'next',
  ]);
  expect(await write('doctor', 3)).toMatchObject({ status: 200 });
  expect(await end(3)).toMatchObject({
    status: 200,
    body: { data: { session_id: started.body.data?.['session_id'], is_ended: true } },
  });
  await writeFile(DOTENV, kept);
});

/** How long, at most, nothing answered at the API's port until the signal came. */
async function longestSilenceMs(signal: AbortSignal): Promise<number> {
  let longestMs = 0;
  let heardMs = performance.now();
  while (!signal.aborted) {
    const isHeard = await fetch('http://127.0.0.1:3000/health/live', {
      signal: AbortSignal.timeout(1000),
    }).then(
      (answer) => answer.text().then(() => answer.ok),
      () => false,
    );
    longestMs = Math.max(longestMs, performance.now() - heardMs);
    if (isHeard) heardMs = performance.now();
    await setTimeout(50);
  }
  return longestMs;
}

test('a wrong setting is found while the old version still answers, by the command of the documents', async () => {
  const kept = await addSettings('SESSION_INTERVAL_SECONDS=ten');
  const [upgrade = ''] = await commandsIn('Upgrading');
  await expect(type(upgrade)).rejects.toThrow('SESSION_INTERVAL_SECONDS must be');
  expect((await call('nobody', 'GET', '/health/ready')).status).toBe(200);
  await writeFile(DOTENV, kept);
});

test('tokens are checked by a public key instead of the secret where .env says so', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).trim();
  const kept = await addSettings(
    `JWT_SECRET_FILE=\nJWT_PUBLIC_KEY='${pem.replaceAll('\n', String.raw`\n`)}'`,
  );
  await up();
  expect((await status(1)).status).toBe(401);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'EdDSA' })}.${part({ sub: '7', exp: Math.floor(Date.now() / 1000) + 60 })}`;
  const token = `${body}.${sign(null, Buffer.from(body), privateKey).toString('base64url')}`;
  const answer = await call({ token }, 'GET', '/api/text-appointments/1/session-status');
  expect(answer).toMatchObject({ status: 200, body: { data: { is_ended: true } } });
  await writeFile(DOTENV, kept);
});

test('the password of Redis is changed by the two files and the command that the documents name', async () => {
  for (const [name, text] of [
    ['redis_password', 'another0password'],
    ['redis_url', 'redis://:another0password@redis:6379/0'],
  ] as const)
    await writeFile(join(PROJECT, 'secrets', name), `${text}\n`);
  const [, change = ''] = /\*\*The password of Redis\.\*\*.*?```sh\n(.*?)```/s.exec(await documents()) ?? [];
  await type(asTyped(change));
  expect(await inContainer('redis', 'sh', '-c', 'REDISCLI_AUTH=another0password redis-cli ping')).toBe(
    'PONG\n',
  );
  expect((await call('nobody', 'GET', '/health/ready')).status).toBe(200);
});
