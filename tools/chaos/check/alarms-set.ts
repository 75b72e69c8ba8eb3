import type { Queue } from 'bullmq';
import type { Observer } from '../rig/observer.ts';
import { withQueues, withRedis } from '../rig/connections.ts';

/** Whether the queue holds what the sessions need. */
export interface AlarmsSet {
  /** Active sessions without an alarm in the queue. */
  readonly unarmed: readonly number[];
  /** Alarms that should have been taken a while ago. */
  readonly dueAndUntaken: number;
}

/** A session that started just now may not be armed yet, and an alarm that is due just now not be taken. */
const GRACE_MS = 2_000;

const ACTIVE = `
  SELECT id::float8 FROM text_appointment_sessions
  WHERE is_active AND start_time < session_clock() - interval '${GRACE_MS} milliseconds'`;

interface InQueue {
  readonly sessions: readonly (number | null)[];
  readonly dueAndUntaken: number;
}

export async function readAlarms(redisUrl: string, observer: Observer): Promise<AlarmsSet> {
  const active = await observer.ask<{ id: number }>(ACTIVE);
  const found = await withQueues(redisUrl, (queues) =>
    Promise.all(queues.map((queue) => readQueue(queue, redisUrl))),
  );
  const armed = new Set(found.flatMap(({ sessions }) => sessions));
  const without = active.filter(({ id }) => !armed.has(id));
  // Between the two questions a session may have ended: then it needs no alarm any more.
  const still = await observer.ask<{ id: number }>(`${ACTIVE} AND id = ANY ($1)`, [
    without.map(({ id }) => id),
  ]);
  return {
    unarmed: still.map(({ id }) => id),
    dueAndUntaken: found.reduce((sum, one) => sum + one.dueAndUntaken, 0),
  };
}

async function readQueue(queue: Queue, redisUrl: string): Promise<InQueue> {
  const jobs = await queue.getJobs(['delayed', 'wait', 'active']);
  // BullMQ keeps an alarm under its time in ms, times 4096.
  const dueScore = (Date.now() - GRACE_MS) * 4096;
  const due = await withRedis(redisUrl, (redis) => redis.zcount(queue.toKey('delayed'), 0, dueScore));
  const waiting = await queue.getWaitingCount();
  return {
    // A job that was taken while we read is missing.
    sessions: jobs.map((job: { readonly data: unknown } | undefined) => sessionOf(job?.data)),
    dueAndUntaken: due + waiting,
  };
}

function sessionOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null || !('sessionId' in data)) return null;
  return typeof data.sessionId === 'number' ? data.sessionId : null;
}
