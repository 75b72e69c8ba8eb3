import type { Job, Queue } from 'bullmq';
import type { Observer } from '../rig/observer.ts';
import { withQueues } from '../rig/connections.ts';

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
  readonly sessions: readonly number[];
  readonly dueAndUntaken: number;
}

export async function readAlarms(redisUrl: string, observer: Observer): Promise<AlarmsSet> {
  const active = await observer.ask<{ id: number }>(ACTIVE);
  const found = await withQueues(redisUrl, (queues) => Promise.all(queues.map((queue) => readQueue(queue))));
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

async function readQueue(queue: Queue): Promise<InQueue> {
  const listed: readonly (Job | undefined)[] = await queue.getJobs(['delayed', 'wait', 'active']);
  // A job that was taken while we read is missing.
  const jobs = listed.filter((job) => job !== undefined);
  const dueBefore = Date.now() - GRACE_MS;
  const due = jobs.filter(({ delay, timestamp }) => delay > 0 && timestamp + delay < dueBefore);
  return {
    sessions: jobs.map(({ id }) => Number(/^(?:by-hand-)?session-(\d+)-/.exec(id ?? '')?.[1] ?? Number.NaN)),
    dueAndUntaken: due.length + (await queue.getWaitingCount()),
  };
}
