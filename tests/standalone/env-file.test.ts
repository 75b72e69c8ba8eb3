import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeTemporaryDirectory } from './temporary-directory.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const NOT_SET = 'DATABASE_URL is not set';
const WRONG = 'DATABASE_URL must be a URL that begins with postgresql:// or postgres://.';

/** A checkout, of which the .env is its own. */
let checkout: string;
const running: number[] = [];
beforeAll(async () => {
  checkout = await makeTemporaryDirectory();
  for (const name of ['package.json', 'src', 'workers', 'node_modules'])
    await symlink(join(PROJECT, name), join(checkout, name));
});
beforeEach(() => rm(join(checkout, '.env'), { force: true }));
// A command that reads no .env would run on.
afterEach(() => {
  for (const pid of running.splice(0)) process.kill(-pid, 'SIGTERM');
});
afterAll(() => rm(checkout, { recursive: true }));

/** Runs a command of package.json there, as somebody at a terminal does, and gives what it prints. */
async function npmRun(command: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const npm = spawn('npm', ['run', '--silent', command], {
    cwd: checkout,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid = 0 } = npm;
  running.push(pid);
  let output = '';
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });

  await once(npm, 'close');
  running.splice(running.indexOf(pid), 1);
  return output;
}

test.each(['start', 'start:api', 'start:worker', 'migrate', 'audit'])(
  'npm run %s reads the settings in .env',
  async (command) => {
    await writeFile(join(checkout, '.env'), 'DATABASE_URL=mysql://root@127.0.0.1/sessions\n');
    expect(await npmRun(command)).toContain(WRONG);
  },
);

test('a setting of the environment wins over the one in .env', async () => {
  await writeFile(join(checkout, '.env'), 'PORT=eighty\nLOG_LEVEL=loud\n');
  const output = await npmRun('start', { PORT: 'ninety' });
  expect(output).toContain('PORT must be a whole number from 0 to 65535, not "ninety".');
  expect(output).toContain('not "loud".');
});

test('no .env is no mistake', async () => {
  const output = await npmRun('start:api');
  expect(output).toContain(NOT_SET);
  expect(output).not.toContain('.env');
});
