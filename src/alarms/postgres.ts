import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import { connectionTo, queueSchemaOf } from '../storage/database-url.ts';
import { requirePrimary } from '../storage/primary-only.ts';

const LIMITS = {
  max: 4,
  connectionTimeoutMillis: 2_000,
  query_timeout: 5_000,
  statement_timeout: 5_000,
  idleTimeoutMillis: 60_000,
  keepAlive: true,
  verify: requirePrimary,
  // An alarm is a hint: one that a crash of the server takes back costs lateness, so nobody waits for the disk. As with
  // Redis and `appendfsync everysec`.
  options: '-c synchronous_commit=off',
};

/**
 * How BullMQ connects to the database that the engine uses. Its tables live in a schema of their own, beside the
 * engine's; it sets the search path to it, after ours.
 */
export const postgresConnection = (url: string) => ({
  ...connectionTo(url, LIMITS),
  schema: queueSchemaOf(url),
});

/**
 * Creates BullMQ's tables on PostgreSQL, or brings them up to date. Run it with the engine's own migrations, before
 * anything else opens the queue. Safe to repeat, also at the same time.
 */
export async function prepareQueueTables(url: string): Promise<void> {
  const client = new Client(connectionTo(url, { connectionTimeoutMillis: 2_000, query_timeout: 60_000 }));
  await client.connect();
  try {
    await runMigrations(client, queueSchemaOf(url));
  } finally {
    await client.end();
  }
}
