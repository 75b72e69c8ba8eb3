import { prepareQueue } from '../alarms/prepare-queue.ts';
import { queueSchemaOf } from '../storage/database-url.ts';
import { checkTarget, migrate } from '../storage/migrate.ts';
import { grantRights } from '../storage/roles.ts';

/**
 * Everything that has to be in the database before an API or a worker opens it: our tables, and the queue's
 * where it has no Redis. With an owner, the owner makes them, and the role of `databaseUrl` gets only the rights that
 * API and worker need. Safe to repeat. Answers with what is left to do, or null. Throws an Error whose message says what
 * is wrong.
 */
export async function prepareDatabase(
  databaseUrl: string,
  redisUrl: string | null,
  ownerUrl: string | null = null,
): Promise<string | null> {
  const makerUrl = ownerUrl ?? databaseUrl;
  await migrate(makerUrl);
  if (redisUrl === null) await checkTarget(makerUrl, queueSchemaOf(makerUrl));
  const left = await prepareQueue(
    redisUrl === null ? { kind: 'postgres', url: makerUrl } : { kind: 'redis', url: redisUrl },
  );
  if (ownerUrl !== null) await grantRights(ownerUrl, databaseUrl, redisUrl !== null);
  return left;
}
