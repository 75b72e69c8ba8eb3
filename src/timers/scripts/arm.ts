import type { Alarm } from '../../sessions/alarms.ts';
import { alarmDelayMs } from '../alarm-job.ts';
import type { RedisClient } from '../redis-client.ts';
import { redisScript } from '../redis-script.ts';
import type { Shard } from '../shard.ts';
import { layout } from './layout.ts';

/**
 * Arms sessions. One that is armed stays as it is, or rings at the earlier of the two times, as the mode says.
 *
 * KEYS delayed, marker
 * ARGV 1 NX: leave what is armed; LT: bring it forward. 2 the prefix of a job's key;
 *      then for each alarm two: the session's id, the ms until it rings
 */
const script = redisScript(`${layout}
local prefix = ARGV[2]
local now = ringsAtMs(0)
for index = 3, #ARGV, 2 do
  local session = ARGV[index]
  local jobId = 'session-' .. session
  local delayMs = tonumber(ARGV[index + 1])
  local atMs = now + delayMs
  -- Numbered within the ms, so that what was armed first rings first.
  local score = atMs * perMs + (index - 3) / 2
  if redis.call('ZADD', KEYS[1], ARGV[1], 'CH', score, jobId) == 1 then
    -- Added, or brought forward; where it was only brought forward this writes the same job with its new time.
    writeJob(prefix, jobId, session, atMs, delayMs)
  end
end
-- What a worker of BullMQ sleeps on: when the first one rings.
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if first[2] then redis.call('ZADD', KEYS[2], math.floor(tonumber(first[2]) / perMs), '1') end
return 0
`);

/** Leave what is armed as it is, or let it ring at the earlier of the two times. */
export type ArmMode = 'arm' | 'bring_forward';

const modes = { arm: 'NX', bring_forward: 'LT' } as const satisfies Record<ArmMode, string>;

/** At most `maxArmedAtOnce` alarms, all of which belong to this shard. */
export async function armAlarms(
  client: RedisClient,
  shard: Shard,
  mode: ArmMode,
  alarms: readonly Alarm[],
): Promise<void> {
  const values: (string | number)[] = [modes[mode], shard.key('')];
  for (const { sessionId, delayMs } of alarms) values.push(sessionId, alarmDelayMs(delayMs));
  await script(client, [shard.key('delayed'), shard.key('marker')], values);
}

/** So that a long list never holds the server up for others: it takes about 3 ms. */
export const maxArmedAtOnce = 500;
