import type { Redis } from 'ioredis';

/** Longer than any worker keeps an alarm without a sign of life, shorter than a block. */
const LONGEST_LEASE_MS = 60_000;

/**
 * Alarms that some worker has in hand, where all that are armed are due or ring in more than a minute. An alarm in
 * hand stays among the delayed jobs, with the end of its lease as its time; BullMQ's own workers have a list for it.
 */
export async function alarmsInHand(redis: Redis): Promise<number> {
  // BullMQ's scores are ms times 4096.
  const [fromScore, toScore] = [Date.now() * 4096, (Date.now() + LONGEST_LEASE_MS) * 4096];
  const leased = (await redis.keys('*:delayed')).map((key) => redis.zcount(key, fromScore, toScore));
  const active = (await redis.keys('*:active')).map((key) => redis.llen(key));
  return (await Promise.all([...leased, ...active])).reduce((sum, count) => sum + count, 0);
}
