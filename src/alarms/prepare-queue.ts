import { createPostgresBackend, withBackend } from 'bullmq';
import { Cluster, type Redis } from 'ioredis';
import { createConnectionWatch } from './errors.ts';
import { postgresConnection, prepareQueueTables } from './postgres.ts';
import { checkRedis, FAIL_FAST, openRedis, readyOrAway } from './redis.ts';

interface OldSettings {
  readonly kind: 'redis' | 'postgres';
  readonly url: string;
}

/** Where versions before 0.2 kept their alarms: in Redis on one or more shards. */
const OLD_QUEUE = 'session-alarms';
const OLD_KEYS = `{bull*}:${OLD_QUEUE}*`;

/**
 * What `npm run migrate` does for the queue: creates BullMQ's tables where it lives on PostgreSQL, and removes what
 * earlier versions left. A worker of an earlier version that still runs arms its own queue again and is in nobody's way:
 * so run it once more when the last of them is gone. Safe to repeat.
 * Answers with what is left to do, or null. @throws QueueSetupError where Redis cannot be used as it is set up.
 */
export async function prepareQueue(settings: OldSettings): Promise<string | null> {
  if (settings.kind === 'redis') return removeOldKeys(settings.url);
  await prepareQueueTables(settings.url);
  const { Queue: PostgresQueue } = withBackend(createPostgresBackend);
  const old = new PostgresQueue(OLD_QUEUE, { connection: postgresConnection(settings.url) });
  old.on('error', () => {});
  try {
    await old.waitUntilReady();
    const counts = await old.getJobCounts('waiting', 'delayed', 'active', 'completed', 'failed');
    // It is paused for that: where there is nothing, another migration at the same time is left in peace.
    if (Object.values(counts).some((count) => count > 0)) await old.obliterate({ force: true });
  } finally {
    await old.close();
  }
  return null;
}

async function removeOldKeys(url: string): Promise<string | null> {
  await checkRedis(url);
  const client = openRedis(
    url,
    FAIL_FAST,
    createConnectionWatch('inspection', () => {}),
  );
  try {
    await readyOrAway(client);
    if (client.status !== 'ready')
      return 'Redis does not answer: what an earlier version left there stays. Run this again when it does.';
    const nodes = client instanceof Cluster ? client.nodes('master') : [client];
    for (const node of nodes) await removeFrom(node);
    return null;
  } finally {
    client.disconnect();
  }
}

async function removeFrom(node: Redis): Promise<void> {
  for await (const keys of node.scanStream({ match: OLD_KEYS, count: 1_000 }))
    for (const key of keys) await node.unlink(String(key));
}
