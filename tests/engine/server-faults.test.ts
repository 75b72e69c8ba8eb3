import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { openPostgresServer, type PostgresServer } from '../../tools/kit/postgres-server.ts';
import { databaseUrl, withServer } from '../../tools/kit/server.ts';
import { openProcess, said } from './clinic.ts';
import { expectAllIsWell, RECOVERY_LIMIT_MS } from './held-against.ts';
import { openWard } from './ward.ts';

/** A whole server is made, and stopped and started again and again. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const PATIENTS = 40;
const MAX_CONNECTIONS = 24;

let server: PostgresServer;
let url: string;
let databases = 0;
beforeAll(async () => {
  server = await openPostgresServer({
    settings: { max_connections: String(MAX_CONNECTIONS), superuser_reserved_connections: '0' },
  });
  await migrate(databaseUrl(server.url, 'sessions'));
});
beforeEach(async () => {
  databases += 1;
  const name = `sessions_${databases}`;
  await withServer(server.url, (sql) => sql.query(`CREATE DATABASE ${name} TEMPLATE sessions`));
  url = databaseUrl(server.url, name);
});
afterAll(() => server.close());

describe('under load, nothing acknowledged is lost and nothing is doubled', () => {
  test('when a back end is terminated every 50 ms', async () => {
    const ward = await openWard(url, PATIENTS);
    let terminated = 0;
    await withServer(server.url, async (sql) => {
      for (let round = 0; round < 60; round += 1) {
        const { rows } = await sql.query<{ done: boolean }>(
          `SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity
           WHERE application_name LIKE 'test%' ORDER BY random() LIMIT 1`,
        );
        terminated += rows.length;
        await pause(50);
      }
    });
    expect(terminated).toBeGreaterThan(20);
    await expectAllIsWell(ward, url);
  });

  test('when the server is stopped immediately and started again, three times', async () => {
    const ward = await openWard(url, PATIENTS);
    for (let round = 0; round < 3; round += 1) {
      await server.stopImmediately();
      await server.start();
      expect(await ward.untilAllAreServed()).toBeLessThan(RECOVERY_LIMIT_MS);
    }
    await expectAllIsWell(ward, url);
  });

  test('when all processes of the server are killed at once', async () => {
    const ward = await openWard(url, PATIENTS);
    await server.kill();
    await server.start();
    await expectAllIsWell(ward, url);
  });

  test('when one back end is killed and the server restarts all the others', async () => {
    const ward = await openWard(url, PATIENTS);
    const victim = await withServer(server.url, async (sql) => {
      for (;;) {
        const { rows } = await sql.query<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'test%' AND state <> 'idle' LIMIT 1`,
        );
        if (rows[0] !== undefined) return rows[0].pid;
      }
    });
    process.kill(victim, 'SIGKILL');
    await expectAllIsWell(ward, url);
  });

  test('when the server stands still for longer than any time limit', async () => {
    const ward = await openWard(url, PATIENTS);
    await server.freeze();
    await pause(13_000);
    await server.thaw();
    await expectAllIsWell(ward, url);
  });
});

describe('a server without a free connection', () => {
  test('is reported as unavailable, and used as soon as one is free', async () => {
    const hogs: Client[] = [];
    for (;;) {
      const hog = new Client({ connectionString: url });
      const isIn = await hog.connect().then(
        () => true,
        () => false,
      );
      if (!isIn) break;
      hogs.push(hog);
    }
    expect(hogs).toHaveLength(MAX_CONNECTIONS);
    const engine = openProcess(url);
    await expect(engine.grant(1, 5)).rejects.toThrow(StoreUnavailable);
    await expect(engine.database.ping()).rejects.toThrow(/too many clients/);
    await Promise.all(hogs.map((hog) => hog.end()));
    expect(said(await engine.grant(1, 5))).toBe('stored');
    await engine.close();
  });
});

describe('a connection to a server that has become read-only', () => {
  test('is given up with the first statement that is refused, and the command goes on over a new one', async () => {
    const engine = openProcess(url);
    await engine.grant(1, 5);
    await withServer(url, async (sql) => {
      // A connection that is opened from now on may write; one that is open may not.
      await sql.query(`ALTER DATABASE sessions_${databases} SET default_transaction_read_only = off`);
      await sql.query('ALTER SYSTEM SET default_transaction_read_only = on');
      await sql.query('SELECT pg_reload_conf()');
      await expect.poll(() => engine.database.ping().catch(String), { timeout: 10_000 }).toMatch(/read-only/);
      expect(said(await engine.adjust(1, 1, 'a key'))).toBe('recorded');
      await sql.query('ALTER SYSTEM RESET default_transaction_read_only');
      await sql.query('SELECT pg_reload_conf()');
    });
    await engine.close();
  });
});
