import type { SessionId } from '../billing/ids.ts';
import { alarmQueueName } from './catalogue.ts';
import { slotOfTag, SLOTS } from './hash-slot.ts';

/** One part of the alarms: a BullMQ queue of its own, all of whose keys are on one node of a cluster. */
export interface Shard {
  readonly index: number;
  /** The queue's name: for shard 0 the one that it had before there were shards. */
  readonly name: string;
  /** In braces, because a cluster keeps on one node only those keys that share a hash tag. */
  readonly prefix: string;
  /** A key of the queue as BullMQ names it, or, followed by the id of a job, that of the job. */
  readonly key: (name: string) => string;
}

export const maxShards = 256;

const shards: Shard[] = [];

export function shardAt(index: number): Shard {
  return (shards[index] ??= openShard(index));
}

/** The shards from 0 on, so many. */
export const firstShards = (count: number): readonly Shard[] =>
  Array.from({ length: count }, (_shard, index) => shardAt(index));

/** Where the alarm of a session belongs while there are so many shards. */
export const homeOf = (id: SessionId, count: number): number => id % count;

function openShard(index: number): Shard {
  const prefix = `{${tagOf(index)}}`;
  const name = index === 0 ? alarmQueueName : `${alarmQueueName}-${index}`;
  return { index, name, prefix, key: (key) => `${prefix}:${name}:${key}` };
}

const firstTag = 'bull';

/**
 * Tags as they come would leave nodes of a cluster without a shard and give others three. So each shard looks for a
 * tag whose slot lies where it should: halves first, then quarters, then eighths of the circle of slots. Whatever
 * the number of shards, they are spread evenly over nodes that hold ranges of slots.
 */
function tagOf(index: number): string {
  if (index === 0) return firstTag;
  const wanted = (slotOfTag(firstTag) + mirrored(index) * SLOTS) % SLOTS;
  for (let attempt = 0; ; attempt += 1) {
    const tag = `${firstTag}-${index}-${attempt.toString(36)}`;
    const distance = Math.abs(slotOfTag(tag) - wanted);
    if (Math.min(distance, SLOTS - distance) <= tolerance) return tag;
  }
}

/** Half the distance of two neighbours where there are as many shards as there can be. */
const tolerance = SLOTS / maxShards / 2;

/** The binary digits of a number, mirrored at the point: 1 is a half, 2 a quarter, 3 three quarters. */
function mirrored(index: number): number {
  let result = 0;
  for (let rest = index, digit = 0.5; rest > 0; rest >>= 1, digit /= 2) result += (rest & 1) * digit;
  return result;
}
