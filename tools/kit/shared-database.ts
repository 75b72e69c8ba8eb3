import { Client } from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { createDatabase, type TestDatabase } from './database.ts';

export interface SharedDatabase {
  readonly url: string;
  /** A connection that stays open until the last test is over. */
  readonly sql: Client;
}

/** A migrated database for all tests of the file, there from the first hook of the file on and dropped after the last. */
export function sharedDatabase(): SharedDatabase {
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
  return {
    get url() {
      return database.url;
    },
    get sql() {
      return sql;
    },
  };
}
