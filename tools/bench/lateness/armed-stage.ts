import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { untilReady } from '../../kit/product-program.ts';
import { armAll } from '../arm-all.ts';
import { fillWithSessions } from '../clinic-data.ts';
import { startProcessorMeter } from '../processor-meter.ts';
import type { Rig } from '../rig.ts';
import {
  databaseNowMs,
  expectNoFlaws,
  firstDeadlineMs,
  isChargedUntil,
  latenessOfCharges,
  overdueSessions,
} from './charges.ts';
import { until, untilOrThrow } from './until.ts';

/** What was found with so many sessions armed. */
export interface ArmedStage {
  readonly armed: number;
  /** How late each charge was, window by window. */
  readonly lateness: readonly (readonly number[])[];
  /** Microseconds a charge, all parts together, window by window. */
  readonly cpuUs: readonly number[];
  /** What one alarm takes of Redis' memory. */
  readonly bytesEach: number;
}

export interface StagePlan {
  readonly armed: number;
  readonly windowMs: number;
  readonly windows: number;
  /** The deadlines lie evenly over so long. */
  readonly spreadMs: number;
  /** From the start of the preparation to the first deadline. */
  readonly leadMs: number;
  /** Of a block, where it is not ten minutes or more. Where it is as long as the spread, the sessions are due again and again at the same rate. */
  readonly intervalMs?: number;
}

/** A process that has just started is not what is measured. */
const WARM_UP_MS = 2_000;

/** A charge is not counted before the worker has caught up with what was due before it started. */
const CAUGHT_UP_MS = 250;

/**
 * Arms so many sessions, due evenly, starts the product's worker, and reads from the ledger how late each charge was
 * that was due in each of the windows. `whileWaiting` is called once all are armed, with the time left until the
 * first deadline.
 */
export async function measureArmed(
  rig: Rig,
  { armed, windowMs, windows, spreadMs, leadMs, ...clinic }: StagePlan,
  whileWaiting: (leftMs: number) => Promise<void>,
): Promise<ArmedStage> {
  await fillWithSessions(rig.sql, armed, leadMs, { spreadMs, ...clinic });
  await rig.emptyRedis();
  const before = await usedMemory(rig.redisUrl);
  await armAll(rig);
  const bytesEach = ((await usedMemory(rig.redisUrl)) - before) / armed;
  const firstMs = await firstDeadlineMs(rig.sql);
  await whileWaiting(firstMs - (await databaseNowMs(rig.sql)));
  const worker = await rig.start('workers/worker.ts');
  try {
    await untilReady(worker);
    await pause(Math.max(0, firstMs - (await databaseNowMs(rig.sql)) + CAUGHT_UP_MS));
    // A worker that cannot keep up is measured all the same: its lateness says so.
    await until(async () => (await overdueSessions(rig.sql, CAUGHT_UP_MS)) === 0, {
      withinMs: 60_000,
      everyMs: 200,
    });
    await pause(WARM_UP_MS);
    const { edges, cpuUs } = await watchWindows(rig, worker.child.pid ?? 0, windows, windowMs);
    const endMs = edges.at(-1)?.[1] ?? Number.NaN;
    // What was due in the last moment is still on its way.
    await untilOrThrow(() => isChargedUntil(rig.sql, endMs), 'all that was due in the windows is charged', {
      withinMs: 60_000,
    });
    const lateness: (readonly number[])[] = [];
    for (const [fromMs, toMs] of edges) lateness.push(await latenessOfCharges(rig.sql, fromMs, toMs));
    await expectNoFlaws(rig.sql, endMs);
    return {
      armed,
      lateness,
      cpuUs: cpuUs.map((us, window) => us / (lateness[window]?.length ?? 0)),
      bytesEach,
    };
  } finally {
    await worker.stop();
  }
}

/** Lets the windows pass. Gives the instants between them, and what all parts used in each. */
async function watchWindows(rig: Rig, workerPid: number, windows: number, windowMs: number) {
  const parts = { worker: workerPid, PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
  const edges: (readonly [number, number])[] = [];
  const cpuUs: number[] = [];
  for (let window = 1; window <= windows; window += 1) {
    const fromMs = await databaseNowMs(rig.sql);
    const meter = await startProcessorMeter(parts);
    await pause(windowMs);
    const used = await meter.perOperation(1);
    edges.push([fromMs, await databaseNowMs(rig.sql)]);
    cpuUs.push(Object.values(used).reduce((sum, us) => sum + us, 0));
  }
  return { edges, cpuUs };
}

async function usedMemory(redisUrl: string): Promise<number> {
  const redis = new Redis(redisUrl);
  try {
    const [, bytes] = /used_memory:(\d+)/.exec(await redis.info('memory')) ?? [];
    return Number(bytes);
  } finally {
    await redis.quit();
  }
}
