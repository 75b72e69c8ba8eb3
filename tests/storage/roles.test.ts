import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userId } from '../../src/billing/ids.ts';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { RIGHTS } from '../../src/storage/roles.ts';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { openProcess, PATIENT } from '../engine/clinic.ts';
import { anAct } from './an-act.ts';

let database: TestDatabase;
let owner: Client;
let engine: Client;
let url: string;
const role = `${inject('databasePrefix')}engine`;

beforeAll(async () => {
  database = await createDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  const own = new URL(database.url);
  own.username = role;
  own.password = randomBytes(12).toString('hex');
  url = own.href;
  await prepareDatabase(url, null, database.url);
  engine = new Client({ connectionString: url });
  await engine.connect();
  const process = openProcess(url);
  await process.grant(1, 5);
  await process.book(501);
  await process.start(501, PATIENT);
  await process.close();
});
afterAll(async () => {
  await engine.end();
  await owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await owner.end();
  await database.drop();
});

describe('the role of the API and the worker', () => {
  test('finds which installation the database belongs to, so that two do not share one Redis unnoticed', async () => {
    const opened = openDatabase({ url, maxConnections: 1, applicationName: 'test' });
    expect(await opened.installation()).toEqual(expect.any(String));
    await opened.close();
  });

  test.each([
    'UPDATE ledger_entries SET units = 0',
    'DELETE FROM ledger_entries',
    'TRUNCATE ledger_entries',
    'ALTER TABLE ledger_entries DISABLE TRIGGER ALL',
    'DROP TRIGGER ledger_append_only ON ledger_entries',
    'DROP TABLE ledger_entries CASCADE',
    `SELECT setval('ledger_entries_id_seq', 1)`,
    `SELECT nextval('ledger_entries_id_seq')`,
    `UPDATE session_events SET data = '{}'`,
    'DELETE FROM session_events',
    'TRUNCATE session_events',
    'ALTER TABLE session_events DISABLE TRIGGER events_append_only',
    `UPDATE messages SET text = 'another'`,
    'DELETE FROM messages',
    `UPDATE admin_actions SET note = 'another'`,
    'DELETE FROM admin_actions',
    'TRUNCATE admin_actions',
    'ALTER TABLE admin_actions DISABLE TRIGGER admin_actions_append_only',
    'DELETE FROM grants',
    'DELETE FROM text_appointment_sessions',
    'UPDATE accounts SET patient_id = 7',
    'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    'CREATE TABLE mine (id integer)',
    'DELETE FROM _prisma_migrations',
    `SET session_replication_role = replica`,
  ])('may not do this: %s', async (statement) => {
    await expect(engine.query(statement)).rejects.toThrow(/permission denied|must be owner|must be able/);
  });

  test('signs administrators in and out', async () => {
    const opened = openDatabase({ url, maxConnections: 1, applicationName: 'test' });
    const once = { hash: '01'.repeat(32), endsAtMs: Date.now() + 60_000 };
    expect(await opened.signIns.open('00'.repeat(32), userId(3), 60_000, once)).toBe(true);
    expect(await opened.signIns.find('00'.repeat(32))).toMatchObject({ userId: 3 });
    await opened.signIns.end('00'.repeat(32));
    expect(await opened.signIns.find('00'.repeat(32))).toBeNull();
    await opened.close();
  });

  test('records what administrators do', async () => {
    const opened = openDatabase({ url, maxConnections: 1, applicationName: 'test' });
    await opened.actions.record(anAct({ action: 'audit.run' }));
    await opened.close();

    const { rows } = await engine.query(`SELECT action FROM admin_actions WHERE action = 'audit.run'`);
    expect(rows).toEqual([{ action: 'audit.run' }]);
  });

  test('cannot deceive the checks of the ledger with tables of its own', async () => {
    await engine.query('BEGIN');
    await engine.query('CREATE TEMP TABLE grants AS SELECT 77::bigint AS id, 101::bigint AS patient_id');
    const stray = engine.query(`
      INSERT INTO ledger_entries (patient_id, grant_id, units, balance_after, effective_at, recorded_at, kind, reason, actor_role)
      VALUES (101, 77, 0, 0, now(), now(), 'adjustment', 'correction', 'system')`);

    await expect(stray).rejects.toThrow('a ledger entry needs a grant of its patient');
    await engine.query('ROLLBACK');
  });

  test('has its rights on every table that there is, each named in one list', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'`,
    );

    expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(RIGHTS).toSorted());
  });

  test('is given its rights again, and a new password, by each run', async () => {
    await owner.query(`GRANT DELETE ON ledger_entries TO ${role}`);
    const changed = new URL(url);
    changed.password = 'changed';
    await prepareDatabase(changed.href, null, database.url);
    const again = new Client({ connectionString: changed.href });
    await again.connect();

    await expect(again.query('DELETE FROM ledger_entries')).rejects.toThrow('permission denied');
    await again.end();
  });
});

test('the role of DATABASE_URL may be neither the owner nor a superuser', async () => {
  await expect(prepareDatabase(database.url, null, database.url)).rejects.toThrow(
    'let DATABASE_URL name a role of its own',
  );
});

test('DATABASE_URL and DATABASE_OWNER_URL must lead to the same tables', async () => {
  const elsewhere = new URL(url);
  elsewhere.searchParams.set('schema', 'engine');

  await expect(prepareDatabase(elsewhere.href, null, database.url)).rejects.toThrow('let them name the same');
});

describe('a process says in one sentence why it is not ready', () => {
  const pinging = async (pinged: string): Promise<string> => {
    const opened = openDatabase({ url: pinged, maxConnections: 1, applicationName: 'test' });
    try {
      await opened.ping();
      return 'ready';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      await opened.close();
    }
  };

  test('where its role may not write to the tables', async () => {
    const visitor = `${inject('databasePrefix')}visitor`;
    await owner.query(`CREATE ROLE ${visitor} LOGIN PASSWORD 'secret'`);
    const its = new URL(database.url);
    its.username = visitor;
    its.password = 'secret';

    expect(await pinging(its.href)).toBe(
      `the role ${visitor} may not write to our tables: run npm run migrate with DATABASE_OWNER_URL, which grants it`,
    );
    await owner.query(`DROP ROLE ${visitor}`);
  });

  test('where nobody has made the tables', async () => {
    const empty = await createEmptyDatabase();

    expect(await pinging(empty.url)).toMatch(
      /finds no tables of ours in the schema public: run npm run migrate first$/,
    );
    await empty.drop();
  });
});
