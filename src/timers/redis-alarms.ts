import type { Alarm } from '../sessions/alarms.ts';
import type { QueueAlarms } from './backend.ts';
import { createConnectionWatch } from './connection-watch.ts';
import type { Report } from './notice.ts';
import { failFast, openRedis, readyOrAway } from './redis-client.ts';
import { watchPulse } from './redis-pulse.ts';
import { armAlarms, type ArmMode, maxArmedAtOnce } from './scripts/arm.ts';
import { homeOf, shardAt } from './shard.ts';
import { watchShardNumber } from './shard-number.ts';

/** Arms in batches, each session on its shard. */
export async function openRedisAlarms(url: string, ownShards: number, report: Report): Promise<QueueAlarms> {
  const watch = createConnectionWatch('alarms', report);
  const client = openRedis(url, failFast, watch);
  const pulse = watchPulse(client);
  const shardNumber = watchShardNumber(client, ownShards);
  // So that the first alarm is not refused only because the connection is still being made.
  await readyOrAway(client);

  async function send(mode: ArmMode, alarms: readonly Alarm[]): Promise<void> {
    const shards = byShard(alarms, shardNumber.inForce());
    await Promise.all(Array.from(shards, ([shard, ofShard]) => sendAll(mode, shard, ofShard)));
  }
  async function sendAll(mode: ArmMode, shard: number, alarms: readonly Alarm[]): Promise<void> {
    for (let from = 0; from < alarms.length; from += maxArmedAtOnce)
      await armAlarms(client, shardAt(shard), mode, alarms.slice(from, from + maxArmedAtOnce));
  }

  return {
    arm: (alarms) => send('arm', alarms),
    bringForward: (alarms) => send('bring_forward', alarms),
    close: async () => {
      watch.stop();
      pulse.stop();
      shardNumber.close();
      client.disconnect();
    },
  };
}

function byShard(alarms: readonly Alarm[], shards: number): ReadonlyMap<number, readonly Alarm[]> {
  if (shards === 1) return new Map(alarms.length === 0 ? [] : [[0, alarms]]);
  return Map.groupBy(alarms, ({ sessionId }) => homeOf(sessionId, shards));
}
