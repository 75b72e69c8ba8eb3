import { prepareQueue } from '../alarms/prepare-queue.ts';
import { queueSchemaOf } from '../storage/database-url.ts';
import { checkTarget, migrate } from '../storage/migrate.ts';

/**
 * Everything that has to be in the database before an API or a worker opens it: our tables, and the queue's
 * where it has no Redis. Safe to repeat. Throws an Error whose message says what is wrong.
 */
export async function prepareDatabase(databaseUrl: string, isQueueOnRedis: boolean): Promise<void> {
  await migrate(databaseUrl);
  if (isQueueOnRedis) return;
  await checkTarget(databaseUrl, queueSchemaOf(databaseUrl));
  await prepareQueue({ kind: 'postgres', url: databaseUrl });
}
