import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import { connectionTo, queueSchemaOf } from '../storage/database-url.ts';
import type { QueueSettings } from './queue-settings.ts';

/**
 * Creates BullMQ's tables on PostgreSQL, or brings them up to date; on Redis there is nothing to do. Run
 * it with the engine's own migrations, before anything else opens the queue. Safe to repeat.
 */
export async function prepareQueue(settings: QueueSettings): Promise<void> {
  if (settings.kind === 'redis') return;
  const client = new Client(
    connectionTo(settings.url, { connectionTimeoutMillis: 2_000, query_timeout: 60_000 }),
  );
  await client.connect();
  try {
    await runMigrations(client, queueSchemaOf(settings.url));
  } finally {
    await client.end();
  }
}
