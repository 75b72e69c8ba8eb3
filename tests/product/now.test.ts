import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import { DEFAULT_PREFIX } from '../../src/config.ts';
import type { NowJson } from '../../src/http/answers/now.ts';
import { describeWithRedis } from '../../tools/kit/describe.ts';
import type { Program } from '../../tools/kit/product-program.ts';
import { tokenFor } from '../../tools/kit/tokens.ts';
import { openWatchedClinic, type WatchedClinic } from './watched-clinic.ts';

/**
 * Every problem that can be caused is caused here, in real processes, and mended. On a machine with nothing else to do it
 * is shown within ten seconds and gone as soon; other tests run beside these.
 */
const SOON = { timeout: 30_000, interval: 100 };
vi.setConfig({ testTimeout: 180_000 });

await describeWithRedis('GET /api/admin/now of real processes', () => {
  let clinic: WatchedClinic;
  let api: Program;
  let worker: Program;
  beforeAll(async () => {
    clinic = await openWatchedClinic();
    api = await clinic.start('src/server.ts');
    worker = await clinic.start('workers/worker.ts');
  });
  afterAll(() => clinic.close());
  // One that failed leaves nothing away for the next.
  afterEach(async () => {
    clinic.proxy.setCondition({ kind: 'normal' });
    await clinic.proxy.open();
  });

  const now = async (): Promise<NowJson> => (await clinic.call(api, 'GET', '/admin/now')).data;
  const codes = async (): Promise<readonly string[]> => (await now()).problems.map(({ code }) => code);
  const untilTold = (...expected: readonly string[]) => expect.poll(codes, SOON).toStrictEqual([...expected]);
  const untilWell = () => untilTold();
  const problem = async (code: string) => (await now()).problems.find((one) => one.code === code);

  /** What is done on the board, by the library that the board uses. */
  async function onQueue(
    act: (queue: Awaited<ReturnType<typeof createInspectableQueues>>['queues'][number]) => Promise<unknown>,
  ): Promise<void> {
    const settings = { kind: 'redis', url: clinic.redisUrl, prefix: DEFAULT_PREFIX } as const;
    const inspection = await createInspectableQueues(settings, () => {});
    try {
      const [queue] = inspection.queues;
      if (queue !== undefined) await act(queue);
    } finally {
      await inspection.close();
    }
  }

  test('a fresh installation is well, and both of its processes are there', async () => {
    await untilWell();
    const { processes, sessions, last_audit } = await now();
    expect(processes).toMatchObject([
      { kind: 'api', pid: api.child.pid },
      { kind: 'worker', pid: worker.child.pid },
    ]);
    expect(sessions).toStrictEqual({ active: 0, due: 0, overdue: 0, oldest_overdue_seconds: null });
    expect(last_audit).toBeNull();
  });

  test('a worker that stops in good order is gone at once; one that is killed after six seconds', async () => {
    expect(await worker.stop()).toBe(0);
    await expect.poll(codes, { timeout: 5_500, interval: 50 }).toStrictEqual(['no_worker']);
    expect((await problem('no_worker'))?.since).not.toBeNull();
    worker = await clinic.start('workers/worker.ts');
    await untilWell();
    await worker.kill();
    await untilTold('no_worker');
    worker = await clinic.start('workers/worker.ts');
    await untilWell();
  });

  test('a session that nobody settles is overdue, and is not when a worker has settled it', async () => {
    await worker.kill();
    await clinic.startSession(api, 1, 1);
    await expect.poll(codes, SOON).toStrictEqual(['no_worker', 'sessions_overdue']);
    expect((await now()).sessions).toMatchObject({ active: 1, overdue: 1 });
    worker = await clinic.start('workers/worker.ts');
    await untilWell();
    await expect
      .poll(async () => (await now()).last_hour, SOON)
      .toMatchObject({ deductions: 1, lateness_p99_ms: null });
  });

  test('a session that cannot be settled is named, its failed alarm is told, and both are gone once it can', async () => {
    await clinic.sql.query(`CREATE FUNCTION refuse_patient_2() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.patient_id = 2 THEN RAISE EXCEPTION 'not for patient 2'; END IF; RETURN NEW; END $$`);
    await clinic.startSession(api, 2, 1);
    await clinic.sql.query(`CREATE TRIGGER refuse_patient_2 BEFORE INSERT ON ledger_entries
      FOR EACH ROW EXECUTE FUNCTION refuse_patient_2()`);
    await expect.poll(codes, SOON).toStrictEqual(['sessions_overdue', 'settling_fails']);
    expect((await problem('settling_fails'))?.meaning).toContain('session 2');
    // Five attempts take about fifteen seconds.
    await expect
      .poll(codes, { ...SOON, timeout: 60_000 })
      .toStrictEqual(['sessions_overdue', 'settling_fails', 'alarms_failed']);
    await clinic.sql.query('DROP TRIGGER refuse_patient_2 ON ledger_entries');
    await untilWell();
  });

  test('a queue that somebody paused is told until it is resumed', async () => {
    await onQueue((queue) => queue.pause());
    await untilTold('queue_paused');
    // And by what a monitor asks, of the worker as of the API.
    expect(await textOf(worker, '/health/ready')).toBe('ready\nwarning: session-deadlines is paused\n');
    expect(await textOf(api, '/health/ready')).toContain('session-deadlines is paused');
    for (const program of [api, worker])
      expect(await textOf(program, '/metrics')).toMatch(/^queue_restricted 1$/m);
    await onQueue((queue) => queue.resume());
    await untilWell();
    expect(await textOf(worker, '/health/ready')).toBe('ready\n');
    expect(await textOf(worker, '/metrics')).toMatch(/^queue_restricted 0$/m);
  });

  test('a Redis that may lose alarms is told until the printed command was run', async () => {
    const run = (command: string) => onRedis(clinic, command);
    await run('CONFIG SET maxmemory-policy allkeys-lru');
    await run('CONFIG SET appendonly no');
    await untilTold('redis_policy');
    const { do: remedy = '' } = (await problem('redis_policy')) ?? {};
    for (const command of remedy.split(' && ')) await run(command.replace(/^redis-cli /, ''));
    await untilWell();
  });

  test('a Redis that is away is told, with since when', async () => {
    const killedMs = Date.now();
    await clinic.redis.kill('kept');
    try {
      await untilTold('queue_away');
      expect((await now()).alarms).toBeNull();
      // A question may fail a moment before the connection says that it is lost.
      const since = async () => Date.parse((await problem('queue_away'))?.since ?? '');
      await expect.poll(since, SOON).toBeGreaterThan(killedMs - 5_000);
      expect(await since()).toBeLessThan(killedMs + 5_000);
    } finally {
      await clinic.redis.start();
    }
    await untilWell();
  });

  test('a database that is away is told within two seconds, by an answer that is null for the rest', async () => {
    await clinic.proxy.shut();
    await untilTold('database_away');
    const startMs = performance.now();
    const { sessions, processes, last_hour, last_audit, alarms } = await now();
    // Two questions that are asked one after the other take three seconds.
    expect(performance.now() - startMs).toBeLessThan(3_000);
    expect({ sessions, processes, last_hour, last_audit }).toStrictEqual({
      sessions: null,
      processes: null,
      last_hour: null,
      last_audit: null,
    });
    expect(alarms).not.toBeNull();
    expect((await problem('database_away'))?.since).not.toBeNull();
    await clinic.proxy.open();
    await untilWell();
  });

  test('a user who is signed in to the console with a browser reads as well that the database is away', async () => {
    const base = `http://127.0.0.1:${api.port}`;
    const signedIn = await fetch(`${base}/admin/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ token: tokenFor(1, { role: 'admin' }) }),
    });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const ask = async () => {
      const response = await fetch(`${base}/api/admin/now`, { headers: { cookie } });
      const { data }: { data: Partial<NowJson> } = JSON.parse(await response.text());
      return [response.status, data.problems?.map(({ code }) => code)];
    };
    await expect.poll(ask, SOON).toStrictEqual([200, []]);
    await clinic.proxy.shut();
    await expect.poll(ask, SOON).toStrictEqual([200, ['database_away']]);
    await clinic.proxy.open();
    await untilWell();
  });

  test('a database that takes every question and answers none is told as well', async () => {
    clinic.proxy.setCondition({ kind: 'one_way' });
    await untilTold('database_away');
    clinic.proxy.setCondition({ kind: 'normal' });
    await untilWell();
  });

  test('two versions are told once they have run side by side for ten minutes', async () => {
    const other = await clinic.start('src/server.ts');
    onTestFinished(() => other.kill());
    const change = (version: string, minutes: number) =>
      clinic.sql.query(
        `UPDATE processes SET version = $1, started_at = started_at - $2 * interval '1 minute' WHERE pid = $3`,
        [version, minutes, other.child.pid],
      );
    await expect.poll(async () => (await now()).processes?.length, SOON).toBe(3);
    await clinic.sql.query(`UPDATE processes SET started_at = started_at - interval '1 hour'`);
    await change('0.0.1', -57);
    await expect
      .poll(async () => (await now()).processes?.map(({ version }) => version), SOON)
      .toContain('0.0.1');
    expect(await codes()).toStrictEqual([]);
    await change('0.0.1', 8);
    await untilTold('versions_differ');
    await other.stop();
    await untilWell();
  });

  test('an audit that is missing is told until one was finished', async () => {
    // It looks every minute whether a night is due, and would catch up with it.
    await worker.kill();
    await clinic.sql.query('DELETE FROM audit_runs');
    await clinic.longAgo(27, async () => {
      await clinic.startSession(api, 3, 1);
      const ended = await clinic.call(api, 'POST', '/admin/sessions/3/end', { note: 'a test', charge: true });
      expect(ended.status).toBe(200);
    });
    await untilTold('no_worker', 'audit_missing');
    await clinic.auditNight();
    await untilTold('no_worker');
    expect((await now()).last_audit).toMatchObject({ differences: 0 });
    worker = await clinic.start('workers/worker.ts');
    await untilWell();
  });

  test('a difference that an audit found is told until somebody has taken note of it', async () => {
    await clinic.sql.query('UPDATE grants SET remaining = remaining + 1 WHERE id = 3');
    await clinic.sql.query('DELETE FROM audit_runs');
    await clinic.auditNight();
    await untilTold('audit_difference');
    const { last_audit } = await now();
    expect(last_audit).toMatchObject({ acknowledged: false });
    const night = last_audit?.night ?? '';
    const answer = await clinic.call(api, 'POST', `/admin/audit/runs/${night}/acknowledge`, {
      note: 'Changed by hand for a test',
    });
    expect(answer.status).toBe(200);
    await untilWell();
    expect((await now()).last_audit).toMatchObject({ acknowledged: true });
  });

  test('the database is asked once a second, however many pages are open', async () => {
    await clinic.sql.query('SELECT pg_stat_force_next_flush()');
    const asked = async (): Promise<number> => {
      const { rows } = await clinic.sql.query<{ calls: number }>(
        `SELECT coalesce(sum(idx_scan + seq_scan), 0)::integer AS calls FROM pg_stat_user_tables WHERE relname = 'audit_runs'`,
      );
      return rows[0]?.calls ?? 0;
    };
    const before = await asked();
    const endMs = performance.now() + 3_000;
    let answers = 0;
    while (performance.now() < endMs) {
      await Promise.all(Array.from({ length: 20 }, () => now()));
      answers += 20;
    }
    expect(answers).toBeGreaterThan(100);
    await expect.poll(asked, { timeout: 20_000 }).toBeGreaterThan(before);
    expect((await asked()) - before).toBeLessThan(20);
  });
});

const textOf = async ({ port }: Program, path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}${path}`)).text();

async function onRedis({ redisUrl }: WatchedClinic, command: string): Promise<void> {
  const client = new Redis(redisUrl);
  try {
    const [name = '', ...args] = command.split(' ');
    await client.call(name, ...args);
  } finally {
    client.disconnect();
  }
}
