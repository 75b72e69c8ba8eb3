import type { RedisClient } from '../redis-client.ts';
import { redisScript } from '../redis-script.ts';
import type { Shard } from '../shard.ts';

/**
 * A shard has an epoch once every session that belongs to it was armed. It is gone when Redis has lost its data,
 * whatever the reason, and that is how the loss is seen.
 */
const begin = redisScript(`
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') and 1 or 0
`);

const finish = redisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1])
return 1
`);

const release = redisScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0
`);

/** How long the others wait for a worker that arms a shard and gives no sign of life. */
const armingMs = 30_000;

/** Whether it is for this worker to arm the shard: it has no epoch, and nobody else is arming it. */
export const beginEpoch = async (client: RedisClient, shard: Shard, token: string): Promise<boolean> =>
  (await begin(client, [shard.key('arming'), shard.key('epoch')], [token, armingMs])) === 1;

/** A sign of life. False: what was armed so far is lost as well. */
export const continueEpoch = async (client: RedisClient, shard: Shard): Promise<boolean> =>
  (await client.pexpire(shard.key('arming'), armingMs)) === 1;

/** Every session of the shard is armed. False: not so, for Redis lost its data meanwhile. */
export const finishEpoch = async (client: RedisClient, shard: Shard, token: string): Promise<boolean> =>
  (await finish(client, [shard.key('arming'), shard.key('epoch')], [token])) === 1;

/** It is for the next one to try. */
export async function leaveEpoch(client: RedisClient, shard: Shard, token: string): Promise<void> {
  await release(client, [shard.key('arming')], [token]);
}

/** A shard that begins its life empty has lost nothing. */
export async function beginEmpty(client: RedisClient, shard: Shard, token: string): Promise<void> {
  await client.set(shard.key('epoch'), token);
}
