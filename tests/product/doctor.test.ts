/** What `npm run doctor` finds of a product whose services run each by itself. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import { DEFAULT_PREFIX } from '../../src/config.ts';
import { createEmptyDatabase } from '../../tools/kit/database.ts';
import { describeWithRedis } from '../../tools/kit/describe.ts';
import type { Program } from '../../tools/kit/product-program.ts';
import { openWatchedClinic, type WatchedClinic } from './watched-clinic.ts';
import {
  type Check,
  HEARTBEAT_SECRET,
  lookWithDoctor,
  REDIS_PASSWORD,
  ROOT,
  runDoctor,
  SECRETS,
} from './run-doctor.ts';

const EVENTUALLY = { timeout: 20_000, interval: 200 };

await describeWithRedis('npm run doctor, of services', () => {
  let clinic: WatchedClinic;
  let environment: Readonly<Record<string, string>>;
  let api: Program;
  let worker: Program;
  let redis: Redis;
  beforeAll(async () => {
    clinic = await openWatchedClinic(60, { requirepass: REDIS_PASSWORD });
    environment = {
      ...clinic.environment,
      HEARTBEAT_URL: `https://monitor.invalid/${HEARTBEAT_SECRET}`,
    };
    SECRETS.add(decodeURIComponent(new URL(clinic.databaseUrl).password));
    redis = new Redis(clinic.redisUrl);
    redis.on('error', () => {});
    api = await clinic.start('src/server.ts');
    worker = await clinic.start('workers/worker.ts');
    await clinic.startSession(api, 1, 5);
  });
  afterAll(async () => {
    redis.disconnect();
    await clinic.close();
  });

  /** Everything that is not good. */
  const wrong = async (more: Readonly<Record<string, string>> = {}): Promise<readonly Check[]> => {
    const { checks, exitCode } = await lookWithDoctor({ ...environment, ...more });
    const found = checks.filter(({ state }) => state !== 'ok');
    expect(exitCode).toBe(found.some(({ state }) => state === 'fail') ? 1 : 0);
    return found;
  };
  const untilGood = () => expect.poll(() => wrong(), EVENTUALLY).toStrictEqual([]);
  const untilWrong = (...names: readonly string[]) =>
    expect.poll(async () => (await wrong()).map(({ name }) => name), EVENTUALLY).toStrictEqual([...names]);
  async function queueOf() {
    const settings = { kind: 'redis', url: clinic.redisUrl, prefix: DEFAULT_PREFIX } as const;
    const inspection = await createInspectableQueues(settings, () => {});
    onTestFinished(() => inspection.close());
    return inspection.queues[0] ?? expect.fail('no queue');
  }
  /** As printed: `redis-cli CONFIG SET …`. */
  const paste = async (remedy: string | null) => {
    const [name = '', ...args] = (remedy ?? '').replace(/^redis-cli /, '').split(' ');
    await redis.call(name, ...args);
  };

  test('is one screen of good lines, and ends with 0', async () => {
    await untilGood();
    const { exitCode, stdout } = await runDoctor(environment);
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.every((line) => line.startsWith('ok '))).toBe(true);
    expect(lines.length).toBeLessThan(24);
    expect(lines.every((line) => line.length < 100)).toBe(true);
    expect(lines).toContain('ok    alarms            1 for 1 active sessions');
    expect(lines).toContain('ok    workers           1 is running');
  });

  test('finds a setting that is wrong, and looks at all the rest', async () => {
    const [settings, ...others] = await wrong({ WORKER_CONCURRENCY: 'many' });
    expect(settings).toMatchObject({ name: 'settings', state: 'fail' });
    expect(settings?.figure).toContain('WORKER_CONCURRENCY must be');
    expect(others).toStrictEqual([]);
    const unreadable = await wrong({ DATABASE_URL: `https://sessions:${REDIS_PASSWORD}@here/db` });
    expect(unreadable.map(({ name }) => name)).toStrictEqual(['settings']);
  });

  test('finds a database that is away within five seconds, also one that takes the question and does not answer', async () => {
    await clinic.proxy.shut();
    expect(await wrong()).toMatchObject([
      { name: 'database', state: 'fail', do: expect.stringContaining('docker compose up -d postgres') },
    ]);
    await clinic.proxy.open();
    clinic.proxy.setCondition({ kind: 'one_way' });
    const { checks, tookMs } = await lookWithDoctor(environment);
    expect(checks.find(({ name }) => name === 'database')).toMatchObject({ state: 'fail' });
    expect(tookMs).toBeLessThan(5_000);
    clinic.proxy.setCondition({ kind: 'normal' });
    await untilGood();
  });

  test('finds a database that is read-only', async () => {
    const name = new URL(clinic.databaseUrl).pathname.slice(1);
    await clinic.sql.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    expect(await wrong()).toMatchObject([{ name: 'primary', state: 'fail' }]);
    await clinic.sql.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await untilGood();
  });

  test('finds migrations that were not applied, and what it prints applies them', async () => {
    const empty = await createEmptyDatabase();
    onTestFinished(() => empty.drop());
    const more = { DATABASE_URL: empty.url, REDIS_PREFIX: 'another' };
    const [migrations] = await wrong(more);
    expect(migrations).toMatchObject({ name: 'migrations', state: 'fail' });
    expect(migrations?.do).toMatch(/^npm run migrate;/);
    await new Promise((resolve, reject) => {
      const env = { PATH: process.env['PATH'], ...environment, ...more };
      execFile('npm', ['run', 'migrate'], { env, cwd: ROOT }, (error) =>
        error ? reject(error) : resolve(null),
      );
    });
    expect((await wrong(more)).map(({ name }) => name)).toStrictEqual(['workers']);
  });

  test('finds a clock that is wrong', async () => {
    const preload = join(import.meta.dirname, 'shifted-clock.ts');
    const shifted = { NODE_OPTIONS: `--import ${preload}`, CLOCK_SHIFT_MS: '10000' };
    expect(await wrong(shifted)).toMatchObject([
      {
        name: 'clock',
        state: 'fail',
        figure: '10.0 s behind this machine’s',
        do: expect.stringContaining('set-ntp'),
      },
    ]);
    expect(await wrong({ ...shifted, CLOCK_SHIFT_MS: '-2000' })).toMatchObject([
      { name: 'clock', state: 'warn' },
    ]);
  });

  test('finds a Redis that is away', async () => {
    await clinic.redis.kill('kept');
    expect(await wrong()).toMatchObject([
      { name: 'queue', state: 'fail', do: expect.stringContaining('docker compose up -d redis') },
    ]);
    await clinic.redis.start();
    await untilGood();
  });

  test('finds a Redis that may lose alarms, and what it prints mends it', async () => {
    await redis.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await redis.call('CONFIG', 'SET', 'appendonly', 'no');
    const found = await wrong();
    expect(found).toMatchObject([
      { name: 'maxmemory-policy', state: 'fail', figure: 'allkeys-lru' },
      { name: 'appendonly', state: 'fail', figure: 'no' },
    ]);
    for (const { do: remedy } of found) await paste(remedy);
    expect(await wrong()).toStrictEqual([]);
  });

  test('finds a queue that is paused', async () => {
    const queue = await queueOf();
    await queue.pause();
    expect(await wrong()).toMatchObject([
      { name: 'paused', state: 'fail', do: expect.stringContaining('Resume') },
    ]);
    await queue.resume();
    expect(await wrong()).toStrictEqual([]);
  });

  test('finds fewer alarms than active sessions, and the job that it names arms them', async () => {
    const queue = await queueOf();
    for (const job of await queue.getDelayed())
      if (job.id?.startsWith('session-') === true) await job.remove();
    expect(await wrong()).toMatchObject([
      {
        name: 'alarms',
        state: 'fail',
        figure: '0 for 1 active sessions',
        do: expect.stringContaining('arm all sessions'),
      },
    ]);
    await (await queue.getDelayed()).find(({ name }) => name === 'arm all sessions')?.promote();
    await untilGood();
  });

  test('finds an alarm that has failed', async () => {
    const queue = await queueOf();
    const job = await queue.add('charge-session', { session: 7 });
    await untilWrong('failed alarms');
    await job.remove();
    expect(await wrong()).toStrictEqual([]);
  });

  test('finds that no worker runs and which sessions are overdue by that, and what it prints starts one', async () => {
    await worker.kill();
    await untilWrong('workers');
    const [workers] = await wrong();
    expect(workers?.do).toMatch(/^npm run start:worker;/);
    await clinic.sql.query(
      `UPDATE text_appointment_sessions SET next_deadline_at = next_deadline_at - interval '1 hour' WHERE is_active`,
    );
    await untilWrong('workers', 'overdue');
    // `npm run start:worker`, with a port to wait for.
    worker = await clinic.start('workers/worker.ts');
    await untilGood();
  });

  test('finds versions that differ', async () => {
    const change = (version: string, age: string) =>
      clinic.sql.query(
        `UPDATE processes SET started_at = started_at - $2::interval, version = CASE pid WHEN $3 THEN $1 ELSE version END`,
        [version, age, api.child.pid],
      );
    await change('0.0.1', '0 min');
    expect(await wrong()).toMatchObject([{ name: 'versions', state: 'warn' }]);
    await change('0.0.1', '11 min');
    expect(await wrong()).toMatchObject([
      { name: 'versions', state: 'fail', do: expect.stringContaining('docker compose up -d --build') },
    ]);
    await api.stop();
    api = await clinic.start('src/server.ts');
    await untilGood();
  });

  test('finds what the last audit found', async () => {
    await clinic.longAgo(3, async () => {
      await clinic.startSession(api, 2, 5);
      await clinic.call(api, 'POST', '/admin/sessions/2/end', { note: 'a test', charge: true });
    });
    await clinic.sql.query('UPDATE grants SET remaining = remaining + 1 WHERE id = 2');
    await clinic.auditNight();
    await clinic.sql.query('UPDATE grants SET remaining = remaining - 1 WHERE id = 2');
    expect(await wrong()).toMatchObject([
      { name: 'last audit', state: 'fail', do: expect.stringMatching(/^npm run audit/) },
    ]);
  });
});
