import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { untilReady } from '../../kit/product-program.ts';
import { databaseNowMs, expectNoFlaws, overdueSessions } from '../clinic/charges.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import { armAll, prepareQueue, withQueues } from '../clinic/queue.ts';
import type { Measure, Rig } from '../rig.ts';
import { quotients } from '../statistics.ts';
import { untilOrThrow } from '../until.ts';

const ACTIVE = { quick: 2_000, whole: 100_000 };
const LIMIT_MS = 60_000;
/** An alarm on its way is late by less. */
const OVERDUE_MS = 1_000;
const SPREAD_MS = 600_000;
const PAGE = 1_000;

/** Redis is emptied while sessions are active and a worker runs: how long until each has its alarm again. */
export const measureLostAlarms: Measure = async (rig, say, { rounds, isQuick }) => {
  const active = isQuick ? ACTIVE.quick : ACTIVE.whole;
  const seconds: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    seconds.push(await secondsUntilArmed(rig, active));
    floor.push(await secondsOfAddBulk(rig, active));
    say(`round ${round}: ${seconds.at(-1)?.toFixed(2)} s, addBulk ${floor.at(-1)?.toFixed(2)} s`);
  }
  return [
    {
      what: `all alarms lost with ${active} sessions active, until none is overdue or unarmed`,
      against: `addBulk of ${active} delayed jobs`,
      unit: 's',
      ours: seconds,
      floor,
      ratio: quotients(seconds, floor),
      aim: { of: 'value', most: 15 },
    },
  ];
};

async function secondsUntilArmed(rig: Rig, active: number): Promise<number> {
  await prepareQueue(rig);
  await fillWithSessions(rig.sql, active, 10_000 + active * 0.1, { spreadMs: SPREAD_MS });
  await armAll(rig);
  const worker = await rig.start('workers/worker.ts');
  try {
    await untilReady(worker);
    // So that the worker has seen the queue while it was whole.
    await pause(2_000);
    return await withQueues(rig, 'redis', async (alarms) => {
      await emptyRedis(rig);
      const startMs = performance.now();
      await untilOrThrow(
        async () =>
          (await alarms.getDelayedCount()) >= active && (await overdueSessions(rig.sql, OVERDUE_MS)) === 0,
        'every session is armed again',
        { withinMs: LIMIT_MS },
      );
      const seconds = (performance.now() - startMs) / 1000;
      await expectAllArmed(rig, alarms);
      await expectNoFlaws(rig.sql, (await databaseNowMs(rig.sql)) - 2 * OVERDUE_MS);
      return seconds;
    });
  } finally {
    await worker.stop();
  }
}

async function emptyRedis(rig: Rig): Promise<void> {
  const redis = new Redis(rig.redisUrl);
  await redis.flushall();
  await redis.quit();
}

/** The count alone could be of other jobs. @throws where an active session has none of its own. */
async function expectAllArmed(rig: Rig, alarms: Queue): Promise<void> {
  const jobs = await alarms.getJobs(['delayed', 'wait', 'active']);
  const armed = new Set(jobs.map((job) => /^session-(\d+)-/.exec(job.id ?? '')?.[1]));
  const { rows } = await rig.sql.query<{ id: string }>(
    `SELECT id::text FROM text_appointment_sessions
     WHERE is_active AND next_deadline_at > session_clock() + interval '1 second'`,
  );
  const unarmed = rows.filter(({ id }) => !armed.has(id));
  if (unarmed.length > 0)
    throw new Error(`${unarmed.length} sessions have no alarm, such as ${unarmed[0]?.id}`);
}

/** As many delayed jobs of the same shape, in the same batches, added by BullMQ itself. */
async function secondsOfAddBulk(rig: Rig, jobs: number): Promise<number> {
  const redis = new Redis(rig.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('bare', { connection: redis });
  try {
    await queue.waitUntilReady();
    const startMs = performance.now();
    for (let from = 0; from < jobs; from += PAGE)
      await queue.addBulk(
        Array.from({ length: Math.min(PAGE, jobs - from) }, (_job, index) => ({
          name: 'bare',
          data: { session: from + index },
          opts: { jobId: `bare-${from + index}`, delay: SPREAD_MS },
        })),
      );

    return (performance.now() - startMs) / 1000;
  } finally {
    await queue.close();
    await redis.flushall();
    await redis.quit();
  }
}
