import type { RedisClient } from '../redis-client.ts';
import { redisScript } from '../redis-script.ts';
import type { Shard } from '../shard.ts';
import { layout } from './layout.ts';

/**
 * Puts alarms back that were taken: away with those of sessions that are over, the others to sleep. An alarm whose
 * score is not the lease any more was brought forward meanwhile, or is in other hands: then the earlier time counts.
 * One that has vanished is added anew.
 *
 * KEYS delayed
 * ARGV 1 the prefix of a job's key, 2 how many lines of notes a job keeps; then for each alarm four:
 *      its job's id, its lease, the ms until it rings again (-1: it is over), a note for the board ('': none)
 */
const script = redisScript(`${layout}
local prefix = ARGV[1]
-- A write that frees. From here on Redis lets the script finish even if its memory is full.
redis.call('ZREM', KEYS[1], '')
local now = ringsAtMs(0)

local function addAnew(id, atMs, delayMs)
  local session = sessionOf(id)
  if session then
    writeJob(prefix, id, session, atMs, delayMs)
  else
    -- What somebody had added by hand, and removed by hand.
    redis.call('ZREM', KEYS[1], id)
    redis.call('DEL', prefix .. id)
  end
end

for index = 3, #ARGV, 4 do
  local id = ARGV[index]
  local delayMs = tonumber(ARGV[index + 2])
  local jobKey = prefix .. id
  if delayMs < 0 then
    redis.call('ZREM', KEYS[1], id)
    redis.call('DEL', jobKey, jobKey .. ':logs')
  else
    local atMs = now + delayMs
    local score = tonumber(redis.call('ZSCORE', KEYS[1], id) or nil)
    if not score or score == tonumber(ARGV[index + 1]) or atMs * perMs < score then
      redis.call('ZADD', KEYS[1], atMs * perMs, id)
      -- So that the board shows when it rings. Where a field is new, the job itself had vanished.
      if redis.call('HSET', jobKey, 'timestamp', now, 'delay', delayMs) > 0 then addAnew(id, atMs, delayMs) end
    end
    if ARGV[index + 3] ~= '' then
      redis.call('RPUSH', jobKey .. ':logs', ARGV[index + 3])
      redis.call('LTRIM', jobKey .. ':logs', -tonumber(ARGV[2]), -1)
    end
  end
end
return 0
`);

/** Lines that the board shows of one job. */
const maxNotes = 5;

export interface PutBack {
  readonly jobId: string;
  readonly lease: number;
  /** Null: its session is over. */
  readonly againMs: number | null;
  readonly note: string | null;
}

/** At most `maxPutBackAtOnce` alarms, all of them taken from this shard. */
export async function putBackAlarms(
  client: RedisClient,
  shard: Shard,
  alarms: readonly PutBack[],
): Promise<void> {
  const values: (string | number)[] = [shard.key(''), maxNotes];
  for (const { jobId, lease, againMs, note } of alarms) values.push(jobId, lease, againMs ?? -1, note ?? '');
  await script(client, [shard.key('delayed')], values);
}

/** So that one batch never holds the server up for others. */
export const maxPutBackAtOnce = 500;
