import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { sessionId } from '../src/billing/ids.ts';
import { createAlarms } from '../src/timers/alarms.ts';
import { maxArmedAtOnce } from '../src/timers/scripts/arm.ts';
import { beginEmpty } from '../src/timers/scripts/epoch.ts';
import { shardAt } from '../src/timers/shard.ts';
import type { Rig } from './rig.ts';

/** Alarms that are set at a time: one command. */
const PAGE = maxArmedAtOnce;

/** Empties Redis and sets an alarm for each live session, at its deadline, as the engine does after a commit. */
export async function armAll(rig: Pick<Rig, 'sql' | 'redisUrl' | 'emptyRedis'>): Promise<void> {
  await rig.emptyRedis();
  const { rows } = await rig.sql.query<{ id: number; due_ms: number }>(
    `SELECT id::float8 AS id, epoch_ms(next_deadline_at)::float8 AS due_ms
     FROM text_appointment_sessions WHERE is_active ORDER BY next_deadline_at DESC, id`,
  );
  const alarms = await createAlarms({ kind: 'redis', url: rig.redisUrl }, () => {});
  try {
    // A delay counts from when it is set: so page by page, and what is due first comes last, when nothing is slow any more.
    for (let from = 0; from < rows.length; from += PAGE) {
      const now = Date.now();
      const page = rows.slice(from, from + PAGE);
      await alarms.arm(page.map(({ id, due_ms }) => ({ sessionId: sessionId(id), delayMs: due_ms - now })));
    }
  } finally {
    await alarms.close();
  }
  await markWhole(rig.redisUrl);
}

/** Or the worker that starts next would see a Redis that has lost its alarms, and arm every session once more. */
async function markWhole(redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl);
  try {
    await beginEmpty(redis, shardAt(0), randomUUID());
  } finally {
    await redis.quit();
  }
}
