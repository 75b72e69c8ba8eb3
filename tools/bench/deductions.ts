import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { armAll } from './arm-all.ts';
import { expectExactCharges, fillWithSessions } from './clinic-data.ts';
import { startProcessorMeter } from './processor-meter.ts';
import type { Program } from '../kit/product-program.ts';
import { processorTimeUs } from './processor-time.ts';
import type { Rig } from './rig.ts';

export interface DeductionRound {
  readonly perSecond: number;
  /** Processor time for each deduction, from the start of the worker's process on. */
  readonly cpuUs: Readonly<Record<string, number>>;
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
  await armAll(rig);
  const redis = new Redis(rig.redisUrl);
  await redis.config('RESETSTAT');
  const meter = await startProcessorMeter({ PostgreSQL: rig.postgresPid, Redis: rig.redisPid });
  const worker = await rig.start('workers/worker.ts', { WORKER_CONCURRENCY: String(concurrency) });
  try {
    await untilCharged(rig, worker, sessions);
    const cpuUs = {
      worker: (await processorTimeUs(worker.child.pid ?? 0)) / sessions,
      ...(await meter.perOperation(sessions)),
    };
    const scripts = await scriptCalls(redis);
    await expectExactCharges(rig.sql, sessions);
    return { perSecond: await ratePerSecond(rig), cpuUs, queueOperations: scripts / sessions };
  } finally {
    await worker.stop();
    await redis.quit();
  }
}

/** Those of the first batch were done before the first instant, so they are not in the count. */
async function ratePerSecond(rig: Rig): Promise<number> {
  const { rows } = await rig.sql.query<{ per_second: number | null }>(
    `WITH begun AS MATERIALIZED (SELECT min(recorded_at) AS first FROM ledger_entries WHERE kind = 'charge')
     SELECT (count(*) FILTER (WHERE recorded_at > first) / nullif(extract(epoch FROM max(recorded_at) - min(first)), 0))::float8
       AS per_second
     FROM ledger_entries, begun WHERE kind = 'charge'`,
  );
  const perSecond = rows[0]?.per_second ?? null;
  if (perSecond === null)
    throw new Error('all deductions were one batch: the backlog is too small to tell a rate');
  return perSecond;
}

async function untilCharged(rig: Rig, { child }: Program, sessions: number): Promise<void> {
  for (let tries = 0; tries < 2400; tries += 1) {
    const { rows } = await rig.sql.query<{ is_due: boolean }>(
      `SELECT EXISTS (
         SELECT FROM text_appointment_sessions WHERE is_active AND next_deadline_at < (SELECT session_clock())) AS is_due`,
    );
    if (rows[0]?.is_due === false) return;
    if (child.exitCode !== null) throw new Error(`the worker ended with ${child.exitCode}`);
    await pause(50);
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
