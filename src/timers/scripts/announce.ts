import type { RedisClient } from '../redis-client.ts';
import { redisScript } from '../redis-script.ts';
import { shardAt } from '../shard.ts';

/** Where all processes read how many shards there are: beside shard 0, which there always is. */
const key = shardAt(0).key('shards');

/** The highest number that was ever in force and may still have alarms above the present one. */
const announce = redisScript(`
local highest = tonumber(redis.call('HGET', KEYS[1], 'highest') or 0)
redis.call('HSET', KEYS[1], 'number', ARGV[1], 'highest', math.max(highest, tonumber(ARGV[1])))
return highest
`);

/** Only where nobody has announced anything since these two were read. */
const lower = redisScript(`
local known = redis.call('HMGET', KEYS[1], 'number', 'highest')
if known[1] == ARGV[1] and known[2] == ARGV[2] then redis.call('HSET', KEYS[1], 'highest', ARGV[1]) end
return 0
`);

export interface AnnouncedShards {
  /** In force: where sessions are armed. */
  readonly number: number;
  /** Alarms may be on so many shards. Never less than the number. */
  readonly highest: number;
}

/** Null where nothing was announced, or Redis has forgotten it. */
export async function readShards(client: RedisClient): Promise<AnnouncedShards | null> {
  const [number, highest] = (await client.hmget(key, 'number', 'highest')).map(Number);
  if (number === undefined || highest === undefined || number < 1) return null;
  return { number, highest: Math.max(number, highest) };
}

/** Puts this number in force. Resolves with how many shards were in use before; 0 where that is not known. */
export const announceShards = async (client: RedisClient, number: number): Promise<number> =>
  Number(await announce(client, [key], [number]));

/** The shards above the number have nothing any more. */
export async function lowerHighest(client: RedisClient, { number, highest }: AnnouncedShards): Promise<void> {
  await lower(client, [key], [number, highest]);
}
