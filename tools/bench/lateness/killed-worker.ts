import { Redis } from 'ioredis';
import { Client } from 'pg';
import { untilReady } from '../../kit/product-program.ts';
import { armAll } from '../arm-all.ts';
import { expectExactCharges, fillWithSessions } from '../clinic-data.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome } from '../row.ts';
import { alarmsInHand } from './alarms-in-hand.ts';
import { overdueSessions } from './charges.ts';
import { untilOrThrow } from './until.ts';

const IN_HAND = 50;
const MOST_ROUNDS = { short: 1, full: 3 };

/** A worker is killed with alarms in hand: how long until another has done them all. */
export async function measureKilledWorker(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const seconds: number[] = [];
  for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS[scale]); round += 1) {
    seconds.push(await secondsUntilDone(rig));
    say(`round ${round}: ${seconds.at(-1)?.toFixed(2)} s`);
  }
  return {
    rows: [
      {
        what: `kill -9 of a worker with ${IN_HAND} alarms in hand, until another has done them`,
        against: '–',
        unit: 's',
        ours: seconds,
        floor: null,
        ratio: null,
        aim: { of: 'value', most: 20 },
        note: 'Until all are charged, and no alarm is left in the hands of the dead. None was doubled, or the run would have failed.',
      },
    ],
  };
}

/** Until the blocks end, everything is ready. */
const LEAD_MS = 5_000;

/**
 * Two workers run; the second is stopped for the moment, so that the first takes all alarms, and somebody else has
 * locked the accounts, so that its looks wait. Then it is killed, the second goes on, and the lock is given up.
 */
async function secondsUntilDone(rig: Rig): Promise<number> {
  const locker = new Client({ connectionString: rig.databaseUrl });
  const redis = new Redis(rig.redisUrl);
  await locker.connect();
  const first = await rig.start('workers/worker.ts', { WORKER_CONCURRENCY: String(IN_HAND) });
  const second = await rig.start('workers/worker.ts');
  try {
    await Promise.all([untilReady(first), untilReady(second)]);
    await fillWithSessions(rig.sql, IN_HAND, LEAD_MS);
    await armAll(rig);
    await locker.query('BEGIN');
    await locker.query('SELECT FROM accounts FOR UPDATE');
    second.child.kill('SIGSTOP');
    const haveAll = async (): Promise<boolean> => (await alarmsInHand(redis)) === IN_HAND;
    // Before they are due, what is armed looks like what is in hand.
    await untilOrThrow(async () => (await overdueSessions(rig.sql, 500)) === IN_HAND, 'all are due', {
      withinMs: 30_000,
      everyMs: 5,
    });
    await untilOrThrow(haveAll, `the worker has ${IN_HAND} alarms in hand`, { withinMs: 30_000, everyMs: 5 });
    await first.kill();
    const startMs = performance.now();
    second.child.kill('SIGCONT');
    await locker.query('ROLLBACK');
    await untilOrThrow(async () => (await overdueSessions(rig.sql, 0)) === 0, 'charged', {
      withinMs: 60_000,
      everyMs: 20,
    });
    console.log(`   all charged after ${((performance.now() - startMs) / 1000).toFixed(2)} s`);
    await untilOrThrow(
      async () => (await overdueSessions(rig.sql, 0)) === 0 && (await alarmsInHand(redis)) === 0,
      'another worker has done the alarms of the dead',
      { withinMs: 60_000, everyMs: 20 },
    );
    const seconds = (performance.now() - startMs) / 1000;
    await expectExactCharges(rig.sql, IN_HAND);
    return seconds;
  } finally {
    await locker.end();
    await Promise.all([first.kill(), second.kill()]);
    await redis.quit();
  }
}
