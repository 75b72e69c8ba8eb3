import { setTimeout as pause } from 'node:timers/promises';
import { untilReady } from '../../kit/product-program.ts';
import {
  databaseNowMs,
  expectNoFlaws,
  firstDeadlineMs,
  isChargedUntil,
  lastChargeMs,
  overdueSessions,
} from '../clinic/charges.ts';
import { fillWithSessions, postponeSessions } from '../clinic/clinic-data.ts';
import { armAll, prepareQueue } from '../clinic/queue.ts';
import { LIVE_SESSIONS, measureActivities } from '../load/activities.ts';
import type { Measure, Rig } from '../rig.ts';
import { quotients } from '../statistics.ts';
import { untilOrThrow } from '../until.ts';
import { measureNoopJobs } from './noop-jobs.ts';

const HERD = { quick: 1_000, whole: 10_000 };
const BLOCK_MS = 600_000;
/** From the start of the preparation to the deadline of all; where that is too short, the round begins anew. */
const LEADS_MS = [15_000, 30_000, 60_000];
/** Sessions that are due earlier: a worker that has charged nothing since it started is not what is measured. */
const WARM_UP = 2_000;
/** What the apps of other patients send meanwhile. */
const OTHERS = { clients: 32, rate: 300 };
/** A p99 of fewer seconds says nothing. */
const LEAST_SECONDS = 1;

interface HerdRound {
  /** From the deadline until the last of them was charged. */
  readonly seconds: number;
  readonly noopSeconds: number;
  readonly quietP99Ms: number;
  readonly meanwhileP99Ms: number;
}

/** All sessions due at the same instant: how long until each is charged, and what other callers notice of it. */
export const measureHerd: Measure = async (rig, say, { rounds, isQuick }) => {
  const herd = isQuick ? HERD.quick : HERD.whole;
  const all: HerdRound[] = [];
  await prepareQueue(rig);
  for (let round = 1; round <= rounds; round += 1) {
    const found = await measureRound(rig, herd);
    all.push(found);
    say(
      `round ${round}: ${found.seconds.toFixed(2)} s, as many no-op jobs ${found.noopSeconds.toFixed(2)} s; ` +
        `API p99 ${found.meanwhileP99Ms.toFixed(1)} ms, quiet ${found.quietP99Ms.toFixed(1)} ms`,
    );
  }
  const of = (key: keyof HerdRound): number[] => all.map((round) => round[key]);
  return [
    {
      what: `${herd} sessions due at the same instant, until all are charged`,
      against: `${herd} ÷ the rate of no-op jobs`,
      unit: 's',
      ours: of('seconds'),
      floor: of('noopSeconds'),
      ratio: quotients(of('seconds'), of('noopSeconds')),
      aim: { of: 'value', most: 5 },
    },
    {
      what: 'p99 of other activities meanwhile',
      against: 'the same load with nothing due',
      unit: 'ms',
      ours: of('meanwhileP99Ms'),
      floor: of('quietP99Ms'),
      ratio: quotients(of('meanwhileP99Ms'), of('quietP99Ms')),
      aim: null,
      note: `At ${OTHERS.rate}/s, evenly, counted from when each was due.`,
    },
  ];
};

async function measureRound(rig: Rig, herd: number): Promise<HerdRound> {
  for (const leadMs of LEADS_MS) {
    const found = await measureOnce(rig, herd, leadMs);
    if (found !== null) return { ...found, noopSeconds: herd / (await measureNoopJobs(rig, herd)).perSecond };
  }
  throw new Error(`the machine took more than a minute to prepare ${herd} sessions`);
}

/** Null where the sessions were due before everything was ready. */
async function measureOnce(
  rig: Rig,
  herd: number,
  leadMs: number,
): Promise<Omit<HerdRound, 'noopSeconds'> | null> {
  await fillWithSessions(rig.sql, LIVE_SESSIONS + WARM_UP + herd, leadMs);
  const dueMs = await firstDeadlineMs(rig.sql);
  const warmUpMs = leadMs / 2;
  await postponeSessions(rig.sql, LIVE_SESSIONS + WARM_UP, warmUpMs - leadMs);
  // Those in which others write have only just begun.
  await postponeSessions(rig.sql, LIVE_SESSIONS, BLOCK_MS - warmUpMs);
  await armAll(rig);
  const api = await rig.start('src/server.ts');
  const worker = await rig.start('workers/worker.ts');
  const leftMs = async (): Promise<number> => dueMs - (await databaseNowMs(rig.sql));
  try {
    await Promise.all([untilReady(api), untilReady(worker)]);
    await pause(Math.max(0, (await leftMs()) - warmUpMs));
    await untilOrThrow(() => isChargedUntil(rig.sql, dueMs), 'the worker is warm', { withinMs: 60_000 });
    const load = (seconds: number) => measureActivities(api.port, { ...OTHERS, seconds });
    const left = await leftMs();
    if (left < LEAST_SECONDS * 3_000) return null;
    await load(0.5);
    const quiet = await load(Math.min(4, left / 1000 - 1.2));
    await pause(Math.max(0, await leftMs()));
    const meanwhile = await load(Math.max(LEAST_SECONDS, herd / 4_000));
    await untilOrThrow(async () => (await overdueSessions(rig.sql, 0)) === 0, 'all are charged', {
      withinMs: 60_000,
    });
    await expectNoFlaws(rig.sql, dueMs + 1);
    const seconds = ((await lastChargeMs(rig.sql)) - dueMs) / 1000;
    return { seconds, quietP99Ms: quiet.p99Ms, meanwhileP99Ms: meanwhile.p99Ms };
  } finally {
    await Promise.all([api.stop(), worker.stop()]);
  }
}
