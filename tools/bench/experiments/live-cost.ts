import { setTimeout as pause } from 'node:timers/promises';
import { expectNoDifference } from '../../kit/auditor.ts';
import { untilReady } from '../../kit/product-program.ts';
import { chargesPerSecond, databaseNowMs, isChargedUntil } from '../clinic/charges.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import { armAll, prepareQueue } from '../clinic/queue.ts';
import type { Row } from '../figures.ts';
import { CLIENTS, measureActivities } from '../load/activities.ts';
import { openFollowers } from '../load/followers.ts';
import type { Measure, Rig } from '../rig.ts';
import { quotients } from '../statistics.ts';
import { CONCURRENCY } from './noop-jobs.ts';

/** How many sockets follow; the first is what the others are measured against. */
const FOLLOWERS = { quick: [0, 200], whole: [0, 1_000, 8_000] };
/** With a thousand followers at least this share of what it does with none. */
const LEAST_SHARE = 0.9;
const SESSIONS = 4_096;
const SECONDS = { quick: 3, whole: 5 };
const HOUR_MS = 3_600_000;
const EVENTS_BEFORE = 3;
const LIMIT_MS = 120_000;

/** What followers cost those who do not follow: activities and due deductions a second, in turn with none and with some. */
export const measureLiveCost: Measure = async (rig, say, { rounds, isQuick }) => {
  const size = isQuick ? 'quick' : 'whole';
  const counts = FOLLOWERS[size];
  await prepareQueue(rig);
  const api = await rig.start('src/server.ts');
  await untilReady(api);
  const activities = new Map<number, number[]>(counts.map((count) => [count, []]));
  const deductions = new Map<number, number[]>(counts.map((count) => [count, []]));
  for (let round = 1; round <= rounds; round += 1)
    // In turn, and from the other end every second time.
    for (const count of round % 2 === 1 ? counts : counts.toReversed()) {
      const [perSecond, charged] = [
        await measureActivitiesWith(rig, api.port, count, SECONDS[size]),
        await measureDeductionsWith(rig, api.port, count),
      ];
      activities.get(count)?.push(perSecond);
      deductions.get(count)?.push(charged);
      say(
        `round ${round}, ${count} followers: ${Math.round(perSecond)} activities/s, ${Math.round(charged)} deductions/s`,
      );
    }
  return [...rowsOf('activities', activities), ...rowsOf('due deductions from a backlog', deductions)];
};

async function measureActivitiesWith(
  rig: Rig,
  port: number,
  count: number,
  seconds: number,
): Promise<number> {
  await fillWithSessions(rig.sql, SESSIONS, HOUR_MS);
  const followers = await openFollowers({ ports: [port], count, after: EVENTS_BEFORE });
  try {
    await measureActivities(port, { clients: CLIENTS, seconds: 1 });
    return (await measureActivities(port, { clients: CLIENTS, seconds })).perSecond;
  } finally {
    await followers.close();
  }
}

/** A backlog of sessions whose first block has just ended, two followers to a session; then a worker is started. */
async function measureDeductionsWith(rig: Rig, port: number, count: number): Promise<number> {
  await fillWithSessions(rig.sql, SESSIONS, 0);
  await armAll(rig);
  const followers = await openFollowers({ ports: [port], count, after: EVENTS_BEFORE });
  const untilMs = await databaseNowMs(rig.sql);
  const worker = await rig.start('workers/worker.ts', { WORKER_CONCURRENCY: String(CONCURRENCY) });
  try {
    const deadline = performance.now() + LIMIT_MS;
    while (!(await isChargedUntil(rig.sql, untilMs))) {
      if (performance.now() > deadline) throw new Error('the backlog was not done in time');
      await pause(50);
    }
    await untilHeard(followers.events, count, deadline);
    if (followers.outOfOrder() > 0) throw new Error(`${followers.outOfOrder()} events came out of order`);
    await expectNoDifference(rig.databaseUrl);
    return await chargesPerSecond(rig.sql);
  } finally {
    await worker.stop();
    await followers.close();
  }
}

/** Every follower hears of its one deduction. */
async function untilHeard(events: () => number, count: number, deadline: number): Promise<void> {
  while (events() < count) {
    if (performance.now() > deadline) throw new Error(`${count - events()} deductions were not heard of`);
    await pause(20);
  }
}

const rowsOf = (what: string, rates: ReadonlyMap<number, readonly number[]>): Row[] => {
  const floor = rates.get(0) ?? [];
  return [...rates].flatMap(([count, ours]): Row[] =>
    count === 0
      ? []
      : [
          {
            what: `${what}, ${count} followers`,
            against: 'nobody following',
            unit: '/s',
            ours: [...ours],
            floor: [...floor],
            ratio: quotients(ours, floor),
            aim: count <= 1_000 ? { of: 'ratio', least: LEAST_SHARE } : null,
          },
        ],
  );
};
