import { Queue } from 'bullmq';
import type { OpenInspection } from './backend.ts';
import { createConnectionWatch } from './connection-watch.ts';
import type { Report } from './notice.ts';
import { failFast, openRedis, readyOrAway, type RedisClient } from './redis-client.ts';
import { watchPulse } from './redis-pulse.ts';
import { reportRiskySetup } from './redis-setup.ts';
import { readShards } from './scripts/announce.ts';
import { firstShards } from './shard.ts';

/** A queue of BullMQ for each shard that is in use now: it reads what we arm, for we keep to its layout. */
export async function openRedisInspection(
  url: string,
  ownShards: number,
  report: Report,
): Promise<OpenInspection> {
  const watch = createConnectionWatch('inspection', report);
  const client = openRedis(url, failFast, watch);
  client.on('ready', () => void reportRiskySetup(client, report));
  const pulse = watchPulse(client);
  await readyOrAway(client);
  const queues = firstShards(await shardsInUse(client, ownShards)).map(({ name, prefix }) => {
    const queue = new Queue(name, {
      connection: client,
      prefix,
      // Both, so that the queue exists at once. BullMQ would ask for the version first, and if Redis is
      // away at that moment, the queue would answer with that one error for ever.
      skipWaitingForReady: true,
      skipVersionCheck: true,
    });
    queue.on('error', watch.failed);
    return queue;
  });
  return {
    queues,
    ping: async () => void (await client.ping()),
    close: async () => {
      watch.stop();
      pulse.stop();
      await Promise.all(queues.map((queue) => queue.close()));
      client.disconnect();
    },
  };
}

async function shardsInUse(client: RedisClient, own: number): Promise<number> {
  try {
    return Math.max(own, (await readShards(client))?.highest ?? 0);
  } catch {
    return own;
  }
}
