import type { Queue } from 'bullmq';
import { Client } from 'pg';
import { untilReady } from '../../kit/product-program.ts';
import { countCharges, databaseNowMs, expectNoFlaws, isChargedUntil } from '../clinic/charges.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import { armAll, prepareQueue, withQueues } from '../clinic/queue.ts';
import type { Measure, Rig } from '../rig.ts';
import { untilOrThrow } from '../until.ts';

const IN_FLIGHT = 50;
/** Until the blocks end, everything is ready. */
const LEAD_MS = 5_000;
const LIMIT_MS = 60_000;

interface KilledRound {
  /** Until all are charged, by whichever way. */
  readonly chargedSeconds: number;
  /** Until the queue has given every job of the dead worker to another, and that one is done with it. */
  readonly takenOverSeconds: number;
}

/** A worker is killed with alarms in flight: how long until all is charged, and until another has done its jobs. */
export const measureKilledWorker: Measure = async (rig, say, { rounds }) => {
  const all: KilledRound[] = [];
  await prepareQueue(rig);
  for (let round = 1; round <= rounds; round += 1) {
    const found = await withQueues(rig, 'redis', (alarms) => killOnce(rig, alarms));
    all.push(found);
    say(
      `round ${round}: all charged after ${found.chargedSeconds.toFixed(2)} s, taken over after ${found.takenOverSeconds.toFixed(2)} s`,
    );
  }
  const what = `kill -9 of a worker with ${IN_FLIGHT} alarms in flight`;
  const row = (until: string, ours: readonly number[]) => ({
    what: `${what}, until ${until}`,
    against: '–',
    unit: 's',
    ours: [...ours],
    floor: null,
    ratio: null,
    aim: { of: 'value', most: 20 } as const,
  });
  return [
    row(
      'all are charged',
      all.map(({ chargedSeconds }) => chargedSeconds),
    ),
    row(
      'another worker has done its jobs',
      all.map(({ takenOverSeconds }) => takenOverSeconds),
    ),
  ];
};

/**
 * The second worker is held still and another client locks the accounts, so that the first worker takes every alarm and
 * finishes none. It is killed as soon as the queue says that all are active, which they are not before they are due.
 */
async function killOnce(rig: Rig, alarms: Queue): Promise<KilledRound> {
  const locker = new Client({ connectionString: rig.databaseUrl });
  await locker.connect();
  const settings = { WORKER_CONCURRENCY: String(IN_FLIGHT) };
  const first = await rig.start('workers/worker.ts', settings);
  const second = await rig.start('workers/worker.ts', settings);
  try {
    await Promise.all([untilReady(first), untilReady(second)]);
    await fillWithSessions(rig.sql, IN_FLIGHT, LEAD_MS);
    const dueMs = (await databaseNowMs(rig.sql)) + LEAD_MS;
    await armAll(rig);
    await locker.query('BEGIN');
    await locker.query('SELECT FROM accounts FOR UPDATE');
    second.child.kill('SIGSTOP');
    await untilOrThrow(
      async () => (await alarms.getActiveCount()) === IN_FLIGHT,
      `the worker has ${IN_FLIGHT} alarms in flight`,
      { withinMs: 30_000, everyMs: 2 },
    );
    await first.kill();
    const startMs = performance.now();
    const charged = await countCharges(rig.sql);
    if (charged > 0) throw new Error(`the worker had charged ${charged} of its alarms before it was killed`);
    second.child.kill('SIGCONT');
    await locker.query('ROLLBACK');
    const secondsUntil = async (isSo: () => Promise<boolean>, what: string): Promise<number> => {
      await untilOrThrow(isSo, what, { withinMs: LIMIT_MS, everyMs: 20 });
      return (performance.now() - startMs) / 1000;
    };
    const chargedSeconds = await secondsUntil(() => isChargedUntil(rig.sql, dueMs), 'all are charged');
    const takenOverSeconds = await secondsUntil(
      async () => (await alarms.getActiveCount()) + (await alarms.getWaitingCount()) === 0,
      'another worker has done the jobs of the dead one',
    );
    await expectNoFlaws(rig.sql, dueMs);
    return { chargedSeconds, takenOverSeconds };
  } finally {
    await locker.end();
    await Promise.all([first.kill(), second.kill()]);
  }
}
