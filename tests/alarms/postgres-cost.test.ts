import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresConnection } from '../../src/alarms/postgres.ts';
import { prepareQueue } from '../../src/alarms/prepare-queue.ts';
import { createAlarms } from '../../src/alarms/producer.ts';
import { openPool } from '../../src/storage/client.ts';
import { createEmptyDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { alarm } from './scripted-settle.ts';

describe('what alarms on PostgreSQL cost the database that patients wait for', () => {
  let database: TestDatabase;
  let sql: Client;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    await prepareQueue({ kind: 'postgres', url: database.url });
    sql = new Client({ connectionString: database.url });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    await database.drop();
  });

  /** Each table that was made leaves a row of the catalog, dead or not. A connection tells what it wrote when it ends. */
  async function tablesMade(): Promise<number> {
    const { rows } = await sql.query<{ made: number }>(
      `SELECT n_tup_ins::integer AS made FROM pg_stat_sys_tables WHERE relname = 'pg_class'`,
    );
    return rows[0]?.made ?? Number.NaN;
  }
  async function arm(count: number): Promise<void> {
    const alarms = await createAlarms({ kind: 'postgres', url: database.url }, () => {});
    await alarms.arm(Array.from({ length: count }, (_alarm, index) => alarm(count * 1_000 + index, 60_000)));
    await alarms.close();
    await expect.poll(others, { timeout: 10_000 }).toStrictEqual([]);
  }
  const others = async (): Promise<readonly object[]> => {
    const { rows } = await sql.query(
      'SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    return rows;
  };

  test('a few alarms are armed without a temporary table; many together make some', async () => {
    const before = await tablesMade();
    await arm(1);
    await arm(20);
    expect(await tablesMade()).toBe(before);

    await arm(100);
    expect(await tablesMade()).toBeGreaterThan(before);
    const { rows } = await sql.query('SELECT count(*)::integer AS jobs FROM bullmq.job');
    expect(rows).toStrictEqual([{ jobs: 121 }]);
  });

  test('an alarm is armed without waiting for the disk, and what is decided is not written without it', async () => {
    const durable = new URL(database.url);
    durable.searchParams.set('options', '-c synchronous_commit=on');
    const commits = async (pool: Pool): Promise<unknown> => {
      try {
        return (await pool.query('SHOW synchronous_commit')).rows[0];
      } finally {
        await pool.end();
      }
    };

    expect(await commits(new Pool(postgresConnection(durable.href)))).toEqual({ synchronous_commit: 'off' });
    const settings = { url: durable.href, maxConnections: 1, applicationName: 'test' };
    expect(await commits(openPool(settings))).toEqual({ synchronous_commit: 'on' });
  });
});
