/**
 * What our scripts share. The layout is that of BullMQ 6.7.0: a sorted set `delayed` whose members are the ids of the
 * jobs and whose scores are the ms at which they ring, times 4096; and a hash for each job. The twelve bits below the
 * ms are free: BullMQ and `arm` number the jobs of one ms with them, a lease has the number of its taker there.
 *
 * A score is below 2^53, so a Lua number holds it exactly, and Redis passes numbers on with 17 digits. But `..` and
 * `tostring` have only 14 digits: a score is never made a text here.
 */
export const layout = `
local perMs = 4096

-- The server's clock in microseconds: no client's clock has a say in when an alarm rings.
local function nowUs()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- The ms at which something rings that has to wait so long. Rounded up: it may not ring before its time.
local function ringsAtMs(delayMs)
  return math.ceil(nowUs() / 1000) + delayMs
end

-- The number in a job's id; nil for a job that is not the alarm of a session, such as one added by hand.
local function sessionOf(jobId)
  return string.match(jobId, '^session%-([1-9]%d*)$')
end

-- Every field of an alarm's job, as BullMQ's add writes them. prefix: the key of a job without its id.
local function writeJob(prefix, jobId, session, atMs, delayMs)
  redis.call('HSET', prefix .. jobId, 'name', 'look-at-session', 'data', '{"sessionId":' .. session .. '}',
    'opts', '{"jobId":"' .. jobId .. '","delay":' .. delayMs .. ',"attempts":0}',
    'timestamp', atMs - delayMs, 'delay', delayMs, 'priority', 0)
end
`;
