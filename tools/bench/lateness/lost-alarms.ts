import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { untilReady } from '../../kit/product-program.ts';
import { armAll } from '../arm-all.ts';
import { fillWithSessions } from '../clinic-data.ts';
import { quotients } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome } from '../row.ts';
import { databaseNowMs, expectNoFlaws, overdueSessions } from './charges.ts';
import { until } from './until.ts';

const ACTIVE = { short: 20_000, full: 100_000 };
const MOST_ROUNDS = { short: 1, full: 3 };

/** A round that takes longer is told as this. */
const MOST_SECONDS = { short: 30, full: 60 };

/** Late by more than an alarm on its way is. */
const OVERDUE_MS = 1_000;

const SPREAD_MS = 600_000;

/** Redis is emptied while sessions are active and a worker runs: how long until each has its alarm again. */
export async function measureLostAlarms(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const active = ACTIVE[scale];
  const mostSeconds = MOST_SECONDS[scale];
  const seconds: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS[scale]); round += 1) {
    seconds.push(await secondsUntilArmed(rig, active, mostSeconds));
    floor.push(await secondsOfAddBulk(rig, active));
    say(`round ${round}: ${seconds.at(-1)?.toFixed(2)} s, addBulk ${floor.at(-1)?.toFixed(2)} s`);
  }
  const tooLong = seconds.filter((one) => one >= mostSeconds).length;
  const row = {
    what: `all alarms lost with ${active} sessions active, until none is overdue or unarmed`,
    unit: 's',
    ours: seconds,
    ...(tooLong === 0
      ? {}
      : { note: `${tooLong} rounds were not done after ${mostSeconds} s and were given up.` }),
  };
  return {
    rows: [
      {
        ...row,
        against: `addBulk of ${active} delayed jobs`,
        floor,
        ratio: quotients(seconds, floor),
        aim: { of: 'ratio', most: 2 },
      },
      { ...row, against: '–', floor: null, ratio: null, aim: { of: 'value', most: 15 } },
    ],
  };
}

async function secondsUntilArmed(rig: Rig, active: number, mostSeconds: number): Promise<number> {
  await fillWithSessions(rig.sql, active, 10_000 + active * 0.2, { spreadMs: SPREAD_MS });
  await armAll(rig);
  const worker = await rig.start('workers/worker.ts');
  const redis = new Redis(rig.redisUrl);
  try {
    await untilReady(worker);
    // So that the worker has looked at the queue while it was whole.
    await pause(2_000);
    await redis.flushall();
    const startMs = performance.now();
    const isWhole = async (): Promise<boolean> =>
      // Each alarm is a key of its own, so the count is a quick first answer. The names of all keys are the second.
      (await redis.dbsize()) >= active &&
      (await overdueSessions(rig.sql, OVERDUE_MS)) === 0 &&
      (await armedSessions(redis)) >= active;
    const isDone = await until(isWhole, { withinMs: mostSeconds * 1000 });
    const seconds = (performance.now() - startMs) / 1000;
    await expectNoFlaws(rig.sql, (await databaseNowMs(rig.sql)) - (isDone ? 2 * OVERDUE_MS : HOUR_MS));
    return isDone ? seconds : mostSeconds;
  } finally {
    await worker.stop();
    await redis.quit();
  }
}

const HOUR_MS = 3_600_000;

/** Sessions that have an alarm, by the names of the jobs in Redis. */
async function armedSessions(redis: Redis): Promise<number> {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', '*session-[0-9]*', 'COUNT', 5_000);
    for (const key of keys) {
      const [, id] = /session-(\d+)-\d+$/.exec(key) ?? [];
      if (id !== undefined) found.add(id);
    }
    cursor = next;
  } while (cursor !== '0');
  return found.size;
}

/** As many delayed jobs of the same shape, in the same batches, added by BullMQ itself. */
async function secondsOfAddBulk(rig: Rig, jobs: number): Promise<number> {
  await rig.emptyRedis();
  const redis = new Redis(rig.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('bare', { connection: redis });
  try {
    await queue.waitUntilReady();
    const startMs = performance.now();
    for (let from = 0; from < jobs; from += 1_000) {
      const count = Math.min(1_000, jobs - from);
      await queue.addBulk(Array.from({ length: count }, (_job, index) => bareJob(from + index + 1)));
    }
    return (performance.now() - startMs) / 1000;
  } finally {
    await queue.close();
    await redis.quit();
    await rig.emptyRedis();
  }
}

const bareJob = (sessionId: number) => ({
  name: 'look-at-session',
  data: { sessionId },
  opts: { jobId: `session-${sessionId}`, delay: SPREAD_MS },
});
