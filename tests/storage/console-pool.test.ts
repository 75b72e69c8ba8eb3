import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { StoreUnavailable, TooSlow } from '../../src/sessions/store.ts';
import { CONSOLE_LIMITS, openPool } from '../../src/storage/client.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { sharedDatabase } from '../../tools/kit/shared-database.ts';

const server = sharedDatabase();
let database: Database;
beforeEach(() => {
  database = openDatabase({ url: server.url, maxConnections: 3, applicationName: 'test' });
});
afterEach(() => database.close());

/** From now on the console's question for the time takes so long. */
const slowDown = (seconds: number) =>
  server.sql.query(`CREATE OR REPLACE FUNCTION session_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT clock_timestamp() FROM pg_sleep(${seconds})'`);

const connections = async (applicationName: string): Promise<number> => {
  const { rows } = await server.sql.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE $1`,
    [applicationName],
  );
  return rows[0]?.count ?? 0;
};

const OURS = 'test log:%';
const OF_CONSOLE = 'test console log:%';

describe('what staff look at', () => {
  test('opens two connections of its own at the most, and none before somebody looks', async () => {
    await database.ping();
    expect([await connections(OURS), await connections(OF_CONSOLE)]).toEqual([1, 0]);
    await Promise.all(Array.from({ length: 20 }, () => database.console.find(1)));
    expect([await connections(OURS), await connections(OF_CONSOLE)]).toEqual([1, CONSOLE_LIMITS.connections]);
  });

  test('has a second for a statement, which is then given up as too slow and not tried again', async () => {
    await slowDown(5);
    const startMs = performance.now();
    await expect(database.console.now()).rejects.toThrow(TooSlow);
    expect(performance.now() - startMs).toBeLessThan(2 * CONSOLE_LIMITS.statementMs);
    await slowDown(0);
    expect(await database.console.now()).toBeGreaterThan(Date.parse('2026-01-01'));
  });

  test('holds up no session, however many look at what takes a second', async () => {
    await slowDown(5);
    let areDone = false;
    const looks = Promise.allSettled(Array.from({ length: 10 }, () => database.console.now()));
    void looks.then(() => (areDone = true));
    while ((await connections(OF_CONSOLE)) < CONSOLE_LIMITS.connections);
    for (let asked = 0; asked < 20; asked += 1) await database.records.messages(sessionId(1), RANGE);
    expect(areDone).toBe(false);
    const outcomes = await looks;
    await slowDown(0);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    for (const outcome of outcomes)
      expect(outcome.status === 'rejected' && outcome.reason instanceof StoreUnavailable).toBe(true);
  });

  test('is read on connections that cannot write, with the settings of all others', async () => {
    const pool = openPool({ url: server.url, maxConnections: 3, applicationName: 'test' }, 'console');
    const ours = openPool({ url: server.url, maxConnections: 3, applicationName: 'test' });
    // The database is dropped while they take their leave.
    for (const opened of [pool, ours]) opened.on('error', () => {});
    const settings = `SELECT name, setting FROM pg_settings WHERE name IN ('TimeZone', 'DateStyle', 'search_path',
      'extra_float_digits', 'enable_seqscan', 'plan_cache_mode', 'default_transaction_isolation', 'lock_timeout')`;

    expect((await pool.query(settings)).rows).toEqual((await ours.query(settings)).rows);
    await expect(pool.query('INSERT INTO accounts (patient_id) VALUES (1)')).rejects.toThrow(
      'cannot execute INSERT in a read-only transaction',
    );
    await ours.query('INSERT INTO accounts (patient_id) VALUES (1)');
    expect((await pool.query('SELECT patient_id FROM accounts')).rows).toHaveLength(1);
    await Promise.all([pool.end(), ours.end()]);
  });
});

const RANGE = { side: 'after', messageNo: 0, limit: 1 } as const;
