import { once } from 'node:events';
import { readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fastifyJwt from '@fastify/jwt';
import { fastify } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readPostmaster } from '../../src/standalone/server-process.ts';
import { findFreePort } from '../../src/standalone/ports.ts';
import { endOrphan } from './end-orphan.ts';
import { runScript } from './program.ts';
import type { Program } from './program.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

/** The last thing that a start prints. */
const READY = '/receipt';

let directory: string;
let dataDir: string;
let trace: string;
let port: number;
const programs: Program[] = [];
const SECRET = 'a-secret-of-more-than-thirty-two-bytes';

// One DATA_DIR for all of them: what one test leaves behind, the next one has to find.
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  dataDir = join(directory, 'data');
});

beforeEach(async () => {
  trace = join(directory, `trace-${programs.length}-${Date.now()}`);
  port = await findFreePort();
});

afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.kill('SIGTERM');
    await program.exitCode;
  }
});

afterAll(async () => {
  await endOrphan(join(dataDir, 'postgres'));
  await rm(directory, { recursive: true, force: true });
});

function start(environment: NodeJS.ProcessEnv = {}): Program {
  const program = runScript('stand-in-start.ts', [], {
    DATA_DIR: dataDir,
    PORT: String(port),
    STAND_IN_TRACE: trace,
    ...environment,
  });
  programs.push(program);
  return program;
}

/** What API and worker did, in order, without the numbers of their processes and without what the demo asked for. */
async function traced(): Promise<string[]> {
  const lines = (await readFile(trace, 'utf8')).trimEnd().split('\n');
  return lines
    .map((line) => line.replace(/ \d+ /, ' '))
    .filter((line) => !line.endsWith('changed something'));
}

/** The process that started last under this name. */
async function pidOf(name: string): Promise<number> {
  const lines = (await readFile(trace, 'utf8')).split('\n');
  const line = lines.findLast((one) => one.startsWith(name) && one.endsWith('started')) ?? '';
  return Number(line.split(' ')[1]);
}

function isDatabaseRunning(): Promise<boolean> {
  return readPostmaster(join(dataDir, 'postgres')).then((postmaster) => postmaster !== undefined);
}

async function claimsOf(token: string): Promise<object> {
  const app = fastify();
  await app.register(fastifyJwt, {
    secret: (await readFile(join(dataDir, 'jwt-secret'), 'utf8')).trim(),
    verify: { algorithms: ['HS256'] },
  });
  await app.ready();
  return app.jwt.verify<object>(token);
}

describe('npm start', () => {
  let firstTokens: string[];

  test('prints tokens and an appointment to try, then stops the worker, the API and the database in this order', async () => {
    const program = start();
    await program.untilPrinted(READY);
    const output = program.output();
    expect(output).toContain(`http://127.0.0.1:${port}/docs`);
    expect(output).toContain('Appointment 900001 of this patient with this doctor can be started now');
    firstTokens = ['patient 101', 'doctor 201', 'administrator 1'].map(
      (who) => new RegExp(`^${who} +(\\S+)$`, 'm').exec(output)?.[1] ?? '',
    );
    const claims = await Promise.all(firstTokens.map(claimsOf));
    expect(claims).toMatchObject([{ sub: '101' }, { sub: '201' }, { sub: '1', role: 'admin' }]);
    const [, linkToken = ''] = /Console +http:\S+\/admin\/sign-in#token=(\S+)$/m.exec(output) ?? [];
    const link: { iat?: number; exp?: number } = await claimsOf(linkToken);
    expect(link).toMatchObject({ sub: '1', role: 'admin', jti: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(Number(link.exp) - Number(link.iat)).toBe(15 * 60);
    await expect.poll(traced, { timeout: 20_000 }).toContain('worker started');
    program.kill('SIGTERM');
    expect(await program.exitCode).toBe(0);
    expect(await traced()).toEqual(['API started', 'worker started', 'worker drained', 'API drained']);
    expect(await isDatabaseRunning()).toBe(false);
    expect((await stat(join(dataDir, 'jwt-secret'))).mode & 0o777).toBe(0o600);
  });

  test('keeps its tokens valid over a restart, and offers another appointment where the last one was used', async () => {
    const program = start({ STAND_IN_USED: '900001' });
    await program.untilPrinted(READY);
    expect(program.output()).toContain('Appointment 900002 of this patient');
    expect(await claimsOf(firstTokens[0] ?? '')).toMatchObject({ sub: '101' });
  });

  test('starts another worker when one has given up, says so in one line, and goes on', async () => {
    const program = start();
    await program.untilPrinted(READY);
    await expect.poll(traced, { timeout: 20_000 }).toContain('worker started');
    process.kill(await pidOf('worker'), 'SIGUSR2');
    await expect
      .poll(traced, { timeout: 20_000 })
      .toEqual(['API started', 'worker started', 'worker started']);
    expect(program.output()).toMatch(
      /^the worker ended by itself \(exit code 1\): another one starts in 1 s, try 1 of 5$/m,
    );
    program.kill('SIGTERM');
    expect(await program.exitCode).toBe(0);
    expect((await traced()).slice(3)).toEqual(['worker drained', 'API drained']);
  });

  test('stops everything and fails when the API ends by itself', async () => {
    const program = start();
    await program.untilPrinted(READY);
    await expect.poll(traced, { timeout: 20_000 }).toContain('worker started');
    process.kill(await pidOf('API'), 'SIGUSR2');
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('the API ended by itself (exit code 1), so everything was stopped');
    expect(await traced()).toEqual(['API started', 'worker started', 'worker drained']);
    expect(await isDatabaseRunning()).toBe(false);
  });

  test('prints no token and makes no demo where the secret is of somebody else: the ledger may be a real one', async () => {
    const program = start({ JWT_SECRET: SECRET, DATA_DIR: join(directory, 'of-somebody') });
    await program.untilPrinted('Stop with Ctrl-C.');
    await expect.poll(traced, { timeout: 20_000 }).toContain('worker started');
    expect(program.output()).toContain(`http://127.0.0.1:${port}/docs`);
    expect(program.output()).toContain(
      `http://127.0.0.1:${port}/admin (sign in with an administrator's token)`,
    );
    expect(program.output()).toContain('DEMO=true');
    program.kill('SIGTERM');
    expect(await program.exitCode).toBe(0);
    expect(program.output()).not.toMatch(/eyJ|curl/);
    expect(await readFile(trace, 'utf8')).not.toContain('changed something');
  });

  test('makes the demo with a secret of somebody else where DEMO=true asks for it', async () => {
    const program = start({ JWT_SECRET: SECRET, DEMO: 'true' });
    await program.untilPrinted(READY);
    expect(program.output()).toContain('administrator 1');
  });

  test('makes no demo where DEMO=false', async () => {
    const program = start({ DEMO: 'false' });
    await program.untilPrinted('Stop with Ctrl-C.');
    await expect.poll(traced, { timeout: 20_000 }).toContain('worker started');
    expect(program.output()).not.toMatch(/eyJ|curl/);
  });

  test('refuses DEMO=true beside a database of somebody else', async () => {
    const program = start({ DEMO: 'true', DATABASE_URL: 'postgresql://db.example/x', JWT_SECRET: SECRET });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toMatch(/^DEMO=true [^\n]*DATABASE_URL[^\n]*\n$/);
  });

  test('says when the first unit goes, how to see it sooner, and where to see more', async () => {
    const ten = start({ DATA_DIR: dataDir });
    await ten.untilPrinted(READY);
    expect(ten.output()).toContain('10 minutes after the start');
    expect(ten.output()).toContain('SESSION_INTERVAL_SECONDS=20 npm start');
    expect(ten.output()).toContain('npm run demo');
    ten.kill('SIGTERM');
    await ten.exitCode;
    const short = start({ SESSION_INTERVAL_SECONDS: '20' });
    await short.untilPrinted(READY);
    expect(short.output()).toContain('20 seconds after the start');
    expect(short.output()).not.toContain('SESSION_INTERVAL_SECONDS');
  });

  test('lets the API and the worker finish their work when it is killed itself', async () => {
    const program = start();
    await program.untilPrinted(READY);
    await expect.poll(traced, { timeout: 20_000 }).toContain('worker started');
    program.kill('SIGKILL');
    await expect
      .poll(traced, { timeout: 20_000 })
      .toEqual(expect.arrayContaining(['API drained', 'worker drained']));
  });

  test('stops in order when it is interrupted while it starts', async () => {
    const program = start();
    await program.untilPrinted('bringing the tables up to date');
    program.kill('SIGINT');
    program.kill('SIGINT');
    expect(await program.exitCode).toBe(0);
    expect(program.output()).toMatch(/stopping\nstopped\n$/);
    expect(await isDatabaseRunning()).toBe(false);
  });

  test('says in one line that its port is taken', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const program = start();
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toMatch(new RegExp(`^port ${port} on 127.0.0.1 is taken: [^\n]*\n$`));
    other.close();
  });

  test('names every wrong setting, and starts nothing', async () => {
    const program = start({ PORT: 'eighty', LOG_LEVEL: 'loud', DATA_DIR: join(directory, 'unused') });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toMatch(/^PORT must be [^\n]*\nLOG_LEVEL must be [^\n]*\n$/);
    await expect(stat(join(directory, 'unused'))).rejects.toThrow('ENOENT');
  });

  test('says in one line that its directory cannot be written', async () => {
    const program = start({ DATA_DIR: '/dev/null/data' });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toMatch(/^DATA_DIR \/dev\/null\/data cannot be written [^\n]*\n$/);
  });
});
