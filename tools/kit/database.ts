import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { databaseUrl, withServer } from './server.ts';

/**
 * Real servers take the time zone of their machine, so every test runs far from UTC, and where a date is not written as
 * the driver reads it.
 */
const ELSEWHERE = { timezone: "'Asia/Kolkata'", datestyle: "'SQL, DMY'" };

export interface TestDatabase {
  readonly url: string;
  /** Also ends connections that are still open. */
  drop(): Promise<void>;
}

/** A database of the test's own with the product's tables, migrated and empty of data. */
export function createDatabase(): Promise<TestDatabase> {
  return create(inject('templateDatabase'));
}

/** A database of the test's own without any table. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create('template0');
}

async function create(template: string): Promise<TestDatabase> {
  const serverUrl = inject('serverUrl');
  const name = `${inject('databasePrefix')}${randomUUID().replaceAll('-', '')}`;
  await withServer(serverUrl, async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    await client.query(`ALTER DATABASE ${name} SET timezone = ${ELSEWHERE.timezone}`);
    await client.query(`ALTER DATABASE ${name} SET datestyle = ${ELSEWHERE.datestyle}`);
  });
  return {
    url: databaseUrl(serverUrl, name),
    drop: async () => {
      await withServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}
