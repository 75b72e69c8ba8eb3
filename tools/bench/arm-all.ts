import { sessionId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import { createAlarms } from '../../src/alarms/alarms.ts';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Rig } from './rig.ts';

const PAGE = 1_000;

/** Empties Redis and sets an alarm for each live session, at its deadline, as the engine does after a commit. */
export async function armAll(rig: Pick<Rig, 'sql' | 'redisUrl' | 'emptyRedis'>): Promise<void> {
  await rig.emptyRedis();
  // Or the worker that starts next would see a Redis that has lost its alarms, and arm every session once more.
  await markWhole(rig.redisUrl);
  const { rows } = await rig.sql.query<{ id: number; due_ms: number }>(
    `SELECT id::float8 AS id, epoch_ms(next_deadline_at)::float8 AS due_ms
     FROM text_appointment_sessions WHERE is_active ORDER BY next_deadline_at DESC, id`,
  );
  const alarms = await createAlarms({ kind: 'redis', url: rig.redisUrl }, () => {});
  try {
    for (let from = 0; from < rows.length; from += PAGE)
      await alarms.arm(
        rows
          .slice(from, from + PAGE)
          .map(({ id, due_ms }) => ({ sessionId: sessionId(id), at: instant(due_ms) })),
      );
  } finally {
    await alarms.close();
  }
}

async function markWhole(redisUrl: string): Promise<void> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('session-alarms-upkeep', { connection, prefix: '{bull}' });
  // As if it had been done: a job that is there, in no worker's way.
  await queue.add('arm-all-sessions', {}, { jobId: 'arm-all-sessions', delay: 86_400_000 });
  await queue.close();
  await connection.quit();
}
