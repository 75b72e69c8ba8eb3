import { randomUUID } from 'node:crypto';
import type { RedisClient } from './redis-client.ts';
import { type AnnouncedShards, announceShards, lowerHighest, readShards } from './scripts/announce.ts';
import { beginEmpty } from './scripts/epoch.ts';
import { firstShards } from './shard.ts';

/**
 * How many shards the alarms are spread over. The process that started last says it for all: the others follow
 * within seconds.
 */
export interface ShardNumber {
  /** As far as this process knows, where sessions are armed. */
  readonly inForce: () => number;
  /** On so many shards there may be alarms. */
  readonly inUse: () => number;
  /** A worker tells what it saw in a shard. Those above the number in force are given up once they stay empty. */
  readonly seen: (shard: number, isEmpty: boolean) => void;
  readonly close: () => void;
}

const everyMs = 5_000;

/** Longer than it takes until every process arms by the new number. */
const emptyForMs = 30_000;

/** Announces this process's own number as soon as Redis answers. `changed` is called after each look that differs. */
export function watchShardNumber(
  client: RedisClient,
  own: number,
  changed: () => void = () => {},
): ShardNumber {
  let known: AnnouncedShards = { number: own, highest: own };
  let isAnnounced = false;
  let isLooking = false;
  const emptySinceMs = new Map<number, number>();

  async function look(): Promise<void> {
    if (isLooking || client.status !== 'ready') return;
    isLooking = true;
    try {
      if (!isAnnounced) await announce(client, own);
      isAnnounced = true;
      const found = await readShards(client);
      // Redis has forgotten it: what is known goes on to count, and is said again.
      if (found === null) await announceShards(client, known.number);
      else if (found.number !== known.number || found.highest !== known.highest) {
        known = found;
        changed();
      }
    } catch {
      // The connection's own notices tell what is wrong; the next look is soon.
    } finally {
      isLooking = false;
    }
  }

  function seen(shard: number, isEmpty: boolean): void {
    if (known.highest === known.number || shard < known.number) return;
    if (!isEmpty) emptySinceMs.delete(shard);
    else if (!emptySinceMs.has(shard)) emptySinceMs.set(shard, performance.now());
    const areAllEmpty = firstShards(known.highest)
      .slice(known.number)
      .every(({ index }) => performance.now() - (emptySinceMs.get(index) ?? Infinity) > emptyForMs);
    if (!areAllEmpty) return;
    emptySinceMs.clear();
    // If it cannot be said now, they are found empty again.
    lowerHighest(client, known).catch(() => {});
  }

  const lookNow = (): void => void look();
  const timer = setInterval(lookNow, everyMs);
  client.on('ready', lookNow);
  lookNow();
  return {
    inForce: () => known.number,
    inUse: () => Math.max(own, known.highest),
    seen,
    close: () => {
      clearInterval(timer);
      client.off('ready', lookNow);
    },
  };
}

/** Shards that were not in use before begin empty, and have lost nothing. */
async function announce(client: RedisClient, own: number): Promise<void> {
  const before = await announceShards(client, own);
  if (before === 0) return;
  const added = firstShards(own).slice(before);
  await Promise.all(added.map((shard) => beginEmpty(client, shard, randomUUID())));
}
