import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Prisma } from '../../src/storage/client.ts';
import { countSessions } from '../../src/storage/statements/count-sessions.ts';
import { createAccounts } from '../../src/storage/statements/create-accounts.ts';
import { findOverdue } from '../../src/storage/statements/find-overdue.ts';
import { loadAccounts } from '../../src/storage/statements/load-accounts.ts';
import { findAccounts, lockAccounts } from '../../src/storage/statements/lock-accounts.ts';
import { touchSessions } from '../../src/storage/statements/touch-sessions.ts';
import { writeChanges } from '../../src/storage/statements/write-changes.ts';
import { writeDocument } from '../../src/storage/write-document.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';

const nothing = { appointments: [], grants: [], sessions: [], entries: [], events: [], messages: [] };

/** Every statement, by its file, in each of its forms. */
const statements: Readonly<Record<string, readonly Prisma.Sql[]>> = {
  'count-sessions.ts': [countSessions(1000)],
  'create-accounts.ts': [createAccounts([1])],
  'find-overdue.ts': [findOverdue({ graceMs: 1000, limit: 10, after: null })],
  'load-accounts.ts': [loadAccounts({}, findAccounts({}), false), loadAccounts({}, findAccounts({}), true)],
  'lock-accounts.ts': [lockAccounts({}), findAccounts({})],
  'touch-sessions.ts': [touchSessions([])],
  'write-changes.ts': [writeChanges(writeDocument(nothing))],
};

let database: TestDatabase;
let sql: Client;
beforeAll(async () => {
  database = await createDatabase();
  sql = new Client({ connectionString: database.url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

describe('against the migrated tables', () => {
  test('every statement there is, is tried', async () => {
    const files = await readdir(join(import.meta.dirname, '../../src/storage/statements'));
    // bigint-array.ts is a part of statements, and none by itself.
    const whole = files.filter((file) => file !== 'bigint-array.ts');
    expect(whole.toSorted()).toEqual(Object.keys(statements));
  });

  test.for(Object.entries(statements))('PostgreSQL prepares %s', async ([, forms]) => {
    for (const { text } of forms) {
      await sql.query(`PREPARE tried AS ${text}`);
      await sql.query('DEALLOCATE tried');
    }
  });

  test('PostgreSQL refuses to prepare a statement that names a column which is not there', async () => {
    await expect(sql.query('PREPARE tried AS SELECT units_left FROM grants')).rejects.toThrow('units_left');
  });
});
