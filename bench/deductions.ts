import { createAlarms } from '../src/timers/alarms.ts';
import { sessionId } from '../src/billing/ids.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expectExactCharges, fillWithSessions } from './clinic-data.ts';
import { processorTimeUs } from './processor-time.ts';
import type { Rig } from './rig.ts';

export interface DeductionRound {
  readonly perSecond: number;
  /** Processor time for each deduction, from the start of the worker's process on. */
  readonly cpuUs: { readonly worker: number; readonly postgres: number; readonly redis: number };
  /** Scripts that Redis ran for each session, to take its alarm in hand, apply its deduction and set it again. */
  readonly queueOperations: number;
}

/**
 * A backlog of sessions whose first block has just ended, all alarms waiting in Redis; a worker is started, and the
 * rate is counted in the database, from the first deduction's commit to the last's.
 */
export async function measureDeductions(
  rig: Rig,
  sessions: number,
  concurrency: number,
): Promise<DeductionRound> {
  await fillWithSessions(rig.sql, sessions, 0);
  const redis = new Redis(rig.redisUrl);
  await redis.flushall();
  const alarms = await createAlarms({ kind: 'redis', url: rig.redisUrl }, () => {});
  await alarms.arm(
    Array.from({ length: sessions }, (_session, index) => ({ sessionId: sessionId(index + 1), delayMs: 0 })),
  );
  await alarms.close();
  await redis.config('RESETSTAT');
  const redisPid = await pidOf(redis);
  const before = { postgres: await processorTimeUs(rig.postgresPid), redis: await processorTimeUs(redisPid) };
  const worker = await rig.start('workers/worker.ts', { WORKER_CONCURRENCY: String(concurrency) });
  try {
    await untilCharged(rig, sessions);
    const cpuUs = {
      worker: (await worker.cpuUs()) / sessions,
      postgres: ((await processorTimeUs(rig.postgresPid)) - before.postgres) / sessions,
      redis: ((await processorTimeUs(redisPid)) - before.redis) / sessions,
    };
    const scripts = await scriptCalls(redis);
    await expectExactCharges(rig.sql, sessions);
    const { rows } = await rig.sql.query<{ seconds: number }>(
      `SELECT extract(epoch FROM max(recorded_at) - min(recorded_at))::float8 AS seconds
       FROM ledger_entries WHERE kind = 'charge'`,
    );
    return {
      perSecond: sessions / (rows[0]?.seconds ?? Number.NaN),
      cpuUs,
      queueOperations: scripts / sessions,
    };
  } finally {
    await worker.stop();
    await redis.quit();
  }
}

async function untilCharged(rig: Rig, sessions: number): Promise<void> {
  for (let tries = 0; tries < 3000; tries += 1) {
    const { rows } = await rig.sql.query<{ due: number }>(
      'SELECT count(*)::integer AS due FROM text_appointment_sessions WHERE is_active AND next_deadline_at < session_clock()',
    );
    if (rows[0]?.due === 0) return;
    await pause(40);
  }
  throw new Error(`the worker did not settle ${sessions} sessions within two minutes`);
}

/** Every queue operation of BullMQ on Redis is one script. */
async function scriptCalls(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/cmdstat_(?:evalsha|eval|fcall):calls=(\d+)/g)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}

async function pidOf(redis: Redis): Promise<number> {
  const [, pid] = /process_id:(\d+)/.exec(await redis.info('server')) ?? [];
  return Number(pid);
}
