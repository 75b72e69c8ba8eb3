import type { RedisClient } from '../redis-client.ts';
import { redisScript } from '../redis-script.ts';
import type { Shard } from '../shard.ts';
import { layout } from './layout.ts';

/**
 * Takes what is due, in one step for all. Nothing becomes "active" as BullMQ means it: what is taken stays in the
 * set of delayed jobs, with the end of its lease as its time. If its worker dies, it simply rings again.
 *
 * KEYS delayed, wait, prioritized, paused, active, meta, epoch
 * ARGV 1 the most to take, 2 the lease in ms, 3 the number of the taker (0 to 4095), 4 the prefix of a job's key
 */
const script = redisScript(`${layout}
local limit = tonumber(ARGV[1])
local prefix = ARGV[4]
local now = nowUs()
local nowMs = math.floor(now / 1000)
local lease = (nowMs + tonumber(ARGV[2])) * perMs + tonumber(ARGV[3])
local ids, scored = {}, {}

local function take(id)
  ids[#ids + 1] = id
  scored[#scored + 1] = lease
  scored[#scored + 1] = id
end
local function room()
  return limit - #ids
end

-- A list that BullMQ works from: an administrator's "promote" puts alarms there, and so does an add by hand.
local function takeFromList(key)
  if room() < 1 or redis.call('LLEN', key) == 0 then return end
  for _, id in ipairs(redis.call('RPOP', key, room())) do
    if redis.call('EXISTS', prefix .. id) == 1 then take(id) end
  end
end

-- Of the active jobs only those of a worker of BullMQ that is gone: its lock has run out.
local function takeAbandoned(key)
  if room() < 1 or redis.call('LLEN', key) == 0 then return end
  for _, id in ipairs(redis.call('LRANGE', key, -room(), -1)) do
    if redis.call('EXISTS', prefix .. id .. ':lock') == 0 then
      redis.call('LREM', key, -1, id)
      if redis.call('EXISTS', prefix .. id) == 1 then take(id) end
    end
  end
end

-- The board's "pause" is honoured.
local isPaused = redis.call('HEXISTS', KEYS[6], 'paused') == 1
if limit > 0 and not isPaused then
  -- A write that frees. From here on Redis lets the script finish even if its memory is full: a lease needs none.
  redis.call('ZREM', KEYS[1], '')
  takeFromList(KEYS[2])
  takeFromList(KEYS[4])
  if room() > 0 and redis.call('ZCARD', KEYS[3]) > 0 then
    local prioritized = redis.call('ZPOPMIN', KEYS[3], room())
    for index = 1, #prioritized, 2 do take(prioritized[index]) end
  end
  takeAbandoned(KEYS[5])
  if room() > 0 then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', nowMs * perMs + perMs - 1, 'LIMIT', 0, room())) do
      take(id)
    end
  end
  -- In parts, for a call from Lua has at most some thousand arguments.
  for from = 1, #scored, 2000 do
    redis.call('ZADD', KEYS[1], unpack(scored, from, math.min(from + 1999, #scored)))
  end
end

-- A job that is no alarm of ours is told with its name and data; of an alarm the id says everything.
local others = {}
for _, id in ipairs(ids) do
  if not sessionOf(id) then
    local job = redis.call('HMGET', prefix .. id, 'name', 'data')
    others[#others + 1] = {id, job[1] or '', job[2] or ''}
  end
end

local dueInMs = -1
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if first[2] and not isPaused then
  dueInMs = math.max(0, math.ceil((math.floor(tonumber(first[2]) / perMs) * 1000 - now) / 1000))
end
return {ids, lease, dueInMs, redis.call('EXISTS', KEYS[7]), others}
`);

export interface Taken {
  readonly ids: readonly string[];
  /** The score that all of them have now: whoever puts one back shows by it that it is still his. */
  readonly lease: number;
  /** In how many ms the next one is due, 0 if one is due now; null if none is armed. */
  readonly nextDueMs: number | null;
  /** False: this shard has lost its alarms, or never had them all. */
  readonly isComplete: boolean;
  /** The jobs among them that are not the alarm of a session by their id, with what somebody wrote into them. */
  readonly others: ReadonlyMap<string, { readonly name: string; readonly data: string }>;
}

export async function takeAlarms(
  client: RedisClient,
  shard: Shard,
  limit: number,
  leaseMs: number,
  taker: number,
): Promise<Taken> {
  const keys = ['delayed', 'wait', 'prioritized', 'paused', 'active', 'meta', 'epoch'];
  const answer = await script(client, keys.map(shard.key), [limit, leaseMs, taker, shard.key('')]);
  const [ids, lease, nextDueMs, complete, others] = answerParts(answer);
  return {
    ids: texts(ids),
    lease: Number(lease),
    nextDueMs: Number(nextDueMs) < 0 ? null : Number(nextDueMs),
    isComplete: complete === 1,
    others: new Map(
      answerParts(others).map((other) => {
        const [id = '', name = '', data = ''] = texts(other);
        return [id, { name, data }];
      }),
    ),
  };
}

function answerParts(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new TypeError(`Redis answered ${JSON.stringify(answer)} instead of the alarms that are due`);
}

const texts = (answer: unknown): readonly string[] => answerParts(answer).map(String);
