import { setTimeout as pause } from 'node:timers/promises';
import { expectNoDifference } from '../../kit/auditor.ts';
import {
  CLIENTS,
  measureActivities,
  measureStatuses,
  metered,
  type MeteredRound,
  pidOf,
  withBothApis,
} from '../load/activities.ts';
import type { LoadRound } from '../load/load.ts';
import { measurePgbench } from '../load/pgbench.ts';
import { startProcessorMeter } from '../processor-time.ts';
import { costsInWords, median, mediansByKey, quotients } from '../statistics.ts';
import type { Measure } from '../rig.ts';

const SECONDS = { quick: 3, whole: 5 };
const WARM_UP = { clients: CLIENTS, seconds: 2 };

const secondsOf = (isQuick: boolean): number => (isQuick ? SECONDS.quick : SECONDS.whole);
const rates = (rounds: readonly { readonly perSecond: number }[]) => rounds.map(({ perSecond }) => perSecond);
const costs = (rounds: readonly { readonly cpuUs: Readonly<Record<string, number>> }[]) =>
  mediansByKey(rounds.map(({ cpuUs }) => cpuUs));

/** Activities a second, beside pgbench's same one-row update and beside the same route doing nothing. */
export const measureActivityRate: Measure = async (rig, say, { rounds, isQuick }) => {
  const ours: MeteredRound[] = [];
  const floor: MeteredRound[] = [];
  const pgbench: { readonly perSecond: number; readonly cpuUs: Readonly<Record<string, number>> }[] = [];
  await withBothApis(rig, async (api, bare) => {
    const load = { clients: CLIENTS, seconds: secondsOf(isQuick) };
    const parts = { API: pidOf(api), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
    await measureActivities(api.port, WARM_UP);
    await measureActivities(bare.port, WARM_UP);
    for (let round = 1; round <= rounds; round += 1) {
      const mine = await metered(parts, () => measureActivities(api.port, load));
      const meter = await startProcessorMeter({ PostgreSQL: rig.postgresPid });
      const { perSecond, transactions } = await measurePgbench(rig, load);
      const cpuUs = await meter.perOperation(transactions);
      const idle = await metered({ API: pidOf(bare) }, () => measureActivities(bare.port, load));
      ours.push(mine);
      pgbench.push({ perSecond, cpuUs });
      floor.push(idle);
      const [a, b, c] = [mine.perSecond, perSecond, idle.perSecond].map(Math.round);
      say(`round ${round}: ${a} activities/s, pgbench ${b}/s, the route alone ${c}/s`);
    }
  });
  await expectNoDifference(rig.databaseUrl);
  const row = { what: 'activities', unit: '/s', ours: rates(ours), cpuUs: costs(ours) };
  return [
    {
      ...row,
      against: 'pgbench, the same one-row update',
      floor: rates(pgbench),
      ratio: quotients(rates(ours), rates(pgbench)),
      aim: { of: 'ratio', least: 1 },
      note: `The floor, without pgbench itself: ${costsInWords(costs(pgbench))}.`,
    },
    {
      ...row,
      against: 'the same route doing nothing',
      floor: rates(floor),
      ratio: quotients(rates(ours), rates(floor)),
      aim: { of: 'ratio', least: 0.6 },
      note: `The floor: ${costsInWords(costs(floor))}.`,
    },
  ];
};

/** How long an activity takes when requests come evenly and wait for nothing, at half of what can be done at most. */
export const measureActivityLatency: Measure = async (rig, say, { rounds, isQuick }) => {
  const seconds = secondsOf(isQuick);
  const ours: MeteredRound[] = [];
  const floor: LoadRound[] = [];
  const half = await withBothApis(rig, async (api, bare) => {
    await measureActivities(api.port, WARM_UP);
    await measureActivities(bare.port, WARM_UP);
    const highest: number[] = [];
    for (let round = 0; round < 3; round += 1)
      highest.push((await measureActivities(api.port, { clients: CLIENTS, seconds: 2 })).perSecond);
    const rate = Math.round(median(highest) / 2);
    const parts = { API: pidOf(api), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
    const load = { clients: CLIENTS, seconds, rate };
    for (let round = 1; round <= rounds; round += 1) {
      ours.push(await metered(parts, () => measureActivities(api.port, load)));
      // What is left of the pauses of one side must not fall on the other.
      await pause(200);
      floor.push(await measureActivities(bare.port, load));
      const [a, b] = [ours, floor].map((list) => list.at(-1)?.p99Ms.toFixed(1));
      say(`round ${round}, ${rate}/s: p99 ${a} ms, the route alone ${b} ms`);
    }
    return rate;
  });
  await expectNoDifference(rig.databaseUrl);
  const p99 = (list: readonly LoadRound[]) => list.map(({ p99Ms }) => p99Ms);
  const p50 = (list: readonly LoadRound[]) => median(list.map(({ p50Ms }) => p50Ms)).toFixed(1);
  return [
    {
      what: 'latency p99 of an activity at half of the highest rate',
      against: 'the same route doing nothing, at the same rate',
      unit: 'ms',
      ours: p99(ours),
      floor: p99(floor),
      ratio: quotients(p99(ours), p99(floor)),
      aim: { of: 'value', most: 25 },
      cpuUs: costs(ours),
      note: `At ${half}/s. The p50: ours ${p50(ours)} ms, the route alone ${p50(floor)} ms.`,
    },
  ];
};

/** How often a second the state of sessions can be asked, beside the same route doing nothing. */
export const measureStatusRate: Measure = async (rig, say, { rounds, isQuick }) => {
  const ours: MeteredRound[] = [];
  const floor: MeteredRound[] = [];
  await withBothApis(rig, async (api, bare) => {
    const load = { clients: CLIENTS, seconds: secondsOf(isQuick) };
    await measureStatuses(api.port, WARM_UP);
    await measureStatuses(bare.port, WARM_UP);
    const parts = { API: pidOf(api), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
    for (let round = 1; round <= rounds; round += 1) {
      ours.push(await metered(parts, () => measureStatuses(api.port, load)));
      floor.push(await metered({ API: pidOf(bare) }, () => measureStatuses(bare.port, load)));
      const [a, b] = [ours, floor].map((list) => Math.round(list.at(-1)?.perSecond ?? 0));
      say(`round ${round}: ${a} answers/s, the route alone ${b}/s`);
    }
  });
  return [
    {
      what: 'session-status',
      against: 'the same route doing nothing',
      unit: '/s',
      ours: rates(ours),
      floor: rates(floor),
      ratio: quotients(rates(ours), rates(floor)),
      aim: { of: 'ratio', least: 0.5 },
      cpuUs: costs(ours),
      note: `The floor: ${costsInWords(costs(floor))}.`,
    },
  ];
};
