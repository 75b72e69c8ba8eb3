import { prepareQueue } from '../alarms/prepare-queue.ts';
import { queueSchemaOf } from '../storage/database-url.ts';
import { checkTarget, migrate } from '../storage/migrate.ts';
import { grantRights } from '../storage/roles.ts';

/**
 * Everything that has to be in the database before an API or a worker opens it: our tables, and the queue's
 * where it has no Redis. With an owner, the owner makes them, and the role of `databaseUrl` gets only the rights that
 * API and worker need. Safe to repeat. Throws an Error whose message says what is wrong.
 */
export async function prepareDatabase(
  databaseUrl: string,
  isQueueOnRedis: boolean,
  ownerUrl: string | null = null,
): Promise<void> {
  const makerUrl = ownerUrl ?? databaseUrl;
  await migrate(makerUrl);
  if (!isQueueOnRedis) {
    await checkTarget(makerUrl, queueSchemaOf(makerUrl));
    await prepareQueue({ kind: 'postgres', url: makerUrl });
  }
  if (ownerUrl !== null) await grantRights(ownerUrl, databaseUrl, isQueueOnRedis);
}
