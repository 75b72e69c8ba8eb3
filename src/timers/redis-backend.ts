import type { Backend } from './backend.ts';
import { openRedisAlarms } from './redis-alarms.ts';
import { openRedisConsumer } from './redis-consumer.ts';
import { openRedisInspection } from './redis-inspection.ts';

/** The alarms in Redis: the layout of BullMQ, read by its board, taken and armed in batches by scripts of our own. */
export function redisBackend(url: string, shards: number): Backend {
  return {
    prepare: async () => {},
    openAlarms: (report) => openRedisAlarms(url, shards, report),
    openInspection: (report) => openRedisInspection(url, shards, report),
    openConsumer: async (options) => openRedisConsumer(url, shards, options),
  };
}
