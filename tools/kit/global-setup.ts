import type { TestProject } from 'vitest/node';
import { startTemporaryPostgres } from '../../src/standalone/postgres.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { databaseUrl, withServer } from './server.ts';
import { installMissingPrograms } from './system-programs.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL of the server that all tests of a run share; its database is not for tests. */
    serverUrl: string;
    /** The migrated database that createDatabase copies. */
    templateDatabase: string;
    /** What the names of all databases of this run begin with. */
    databasePrefix: string;
  }
}

/** Nothing here outlives the run, so nothing has to reach the disk. */
const FAST_AND_FORGETFUL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
};

/** One PostgreSQL server and one migrated template for the whole run. Gives what takes them down again. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installMissingPrograms(['redis-server', 'chromium', 'pg_isready']);
  const server = await openServer();
  const databasePrefix = `test_${process.pid}_${Date.now().toString(36)}_`;
  const templateDatabase = `${databasePrefix}template`;
  try {
    await migrate(databaseUrl(server.url, templateDatabase));
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('serverUrl', server.url);
  project.provide('databasePrefix', databasePrefix);
  project.provide('templateDatabase', templateDatabase);
  return async () => {
    await dropLeftDatabases(server.url, databasePrefix);
    await server.stop();
  };
}

async function openServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url !== undefined && url !== '') return { url, stop: () => Promise.resolve() };
  return startTemporaryPostgres({ log: () => {}, settings: FAST_AND_FORGETFUL });
}

/** A test that failed half-way has not dropped its database. */
async function dropLeftDatabases(serverUrl: string, prefix: string): Promise<void> {
  await withServer(serverUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows)
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(datname)} WITH (FORCE)`);
  });
}
