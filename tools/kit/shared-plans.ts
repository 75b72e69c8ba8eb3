import type { Client, QueryResult, QueryResultRow } from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { PoolUse, Prisma } from '../../src/storage/client.ts';
import { openConnection, type Walked, walkPlan } from './plan-walk.ts';
import { sharedDatabase } from './shared-database.ts';

export interface SharedPlans {
  /** Runs the statement as the product would; counts the rows that were looked at in the named tables. */
  readonly walk: (statement: Prisma.Sql, ...tables: readonly string[]) => Promise<Walked>;
  /** A question of the test's own, on the same connection. */
  readonly query: <Row extends QueryResultRow>(sql: string) => Promise<QueryResult<Row>>;
}

/**
 * A database for all tests of the file, which `fill` fills once, and one connection of the product to it, for what
 * `use` says. The statistics that the plans follow are what `fill` left: it analyses the tables itself.
 */
export function sharedPlans(use: PoolUse, fill: (sql: Client) => Promise<void>): SharedPlans {
  const database = sharedDatabase();
  let opened: Awaited<ReturnType<typeof openConnection>>;
  beforeAll(async () => {
    await fill(database.sql);
    opened = await openConnection(database.url, use);
  });
  afterAll(() => opened.close());
  return {
    walk: (statement, ...tables) => walkPlan(opened.connection, statement, new Set(tables)),
    query: (sql) => opened.connection.query(sql),
  };
}
