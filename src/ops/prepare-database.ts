import { prepareQueue } from '../alarms/prepare-queue.ts';
import { queueSchemaOf } from '../storage/database-url.ts';
import { checkTarget, migrate } from '../storage/migrate.ts';

/**
 * Everything that has to be in the database before an API or a worker opens it: our tables, and the queue's
 * where it has no Redis. Safe to repeat. Answers with what is left to do, or null. Throws an Error whose message says
 * what is wrong.
 */
export async function prepareDatabase(databaseUrl: string, redisUrl: string | null): Promise<string | null> {
  await migrate(databaseUrl);
  if (redisUrl !== null) return prepareQueue({ kind: 'redis', url: redisUrl });
  await checkTarget(databaseUrl, queueSchemaOf(databaseUrl));
  return prepareQueue({ kind: 'postgres', url: databaseUrl });
}
