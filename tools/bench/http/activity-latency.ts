import { measureActivities } from '../activities.ts';
import { expectNoDrift } from '../audit.ts';
import type { LoadRound } from '../load.ts';
import { median, mediansByKey, quotients } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { Curve, MeasureSettings, Outcome } from '../row.ts';
import { CLIENTS, pidOf, withBothApis } from './both-apis.ts';
import { metered } from './metered-load.ts';

const SECONDS = { short: 3, full: 5 };
const CURVE_SECONDS = { short: 2, full: 3 };
const SHARES = {
  short: [0.2, 0.4, 0.6, 0.8, 1],
  full: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
};

type Side = (seconds: number, rate: number) => Promise<LoadRound>;

/**
 * How long an activity takes when requests come evenly and wait for nobody: at half of what can be done at most, and
 * over the whole range, each beside the route alone at the very same rate.
 */
export async function measureActivityLatency(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const outcome = await withBothApis(rig, async (api, bare): Promise<Outcome> => {
    const seconds = SECONDS[scale];
    const most = await highestRate(rig, api.port, seconds);
    await measureActivities(rig, bare.port, { clients: CLIENTS, seconds: 2 });
    const half = Math.round(most / 2);
    say(`at most ${Math.round(most)}/s; now at half of it, ${half}/s`);
    const ours: LoadRound[] = [];
    const floor: LoadRound[] = [];
    const costs: Readonly<Record<string, number>>[] = [];
    const parts = { API: pidOf(api), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
    const load = { clients: CLIENTS, seconds, rate: half };
    for (let round = 1; round <= rounds; round += 1) {
      const mine = await metered(parts, () => measureActivities(rig, api.port, load));
      const idle = await measureActivities(rig, bare.port, load);
      ours.push(mine);
      floor.push(idle);
      costs.push(mine.cpuUs);
      say(`round ${round}: p99 ${mine.p99Ms.toFixed(1)} ms, the route alone ${idle.p99Ms.toFixed(1)} ms`);
    }
    const p99 = (list: readonly LoadRound[]) => list.map(({ p99Ms }) => p99Ms);
    const row = {
      what: 'latency p99 of an activity at half of the highest rate',
      against: 'the same route doing nothing, at the same rate',
      unit: 'ms',
      ours: p99(ours),
      floor: p99(floor),
      ratio: quotients(p99(ours), p99(floor)),
      aim: { of: 'value', most: 25 } as const,
      cpuUs: mediansByKey(costs),
      note: `At ${half}/s. ${medians(ours, 'ours')} ${medians(floor, 'the route alone')}`,
    };
    const curve = await measureCurve(
      { ours: sideOf(rig, api.port), floor: sideOf(rig, bare.port) },
      most,
      { shares: SHARES[scale], seconds: CURVE_SECONDS[scale] },
      say,
    );
    return { rows: [row], curves: [curve] };
  });
  await expectNoDrift(rig);
  return outcome;
}

const sideOf =
  (rig: Rig, port: number): Side =>
  (seconds, rate) =>
    measureActivities(rig, port, { clients: CLIENTS, seconds, rate });

/** The middle of three rounds, after one that only warms up. */
async function highestRate(rig: Rig, port: number, seconds: number): Promise<number> {
  const rates: number[] = [];
  await measureActivities(rig, port, { clients: CLIENTS, seconds: 2 });
  for (let round = 0; round < 3; round += 1) {
    const { perSecond } = await measureActivities(rig, port, { clients: CLIENTS, seconds });
    rates.push(perSecond);
  }
  return median(rates);
}

async function measureCurve(
  sides: { readonly ours: Side; readonly floor: Side },
  most: number,
  { shares, seconds }: { readonly shares: readonly number[]; readonly seconds: number },
  say: (line: string) => void,
): Promise<Curve> {
  const ours: { readonly rate: number; readonly round: LoadRound }[] = [];
  const floor: { readonly rate: number; readonly round: LoadRound }[] = [];
  for (const share of shares) {
    const rate = Math.round(most * share);
    ours.push({ rate, round: await sides.ours(seconds, rate) });
    floor.push({ rate, round: await sides.floor(seconds, rate) });
    say(`curve, ${Math.round(share * 100)} %: p99 ${ours.at(-1)?.round.p99Ms.toFixed(1)} ms at ${rate}/s`);
  }
  const points = (list: typeof ours, of: 'p50Ms' | 'p99Ms') =>
    list.map(({ rate, round }) => [rate, round[of]] as const);
  return {
    title: 'Latency of an activity against the rate',
    caption:
      'How long an activity takes, from the instant at which it was due, the more of them come in a second, up to the ' +
      'highest rate that the API reached beforehand. The lines of the route alone show how much of that is HTTP, the ' +
      'load generator and the machine.',
    xLabel: 'activities a second, evenly spaced',
    yLabel: 'ms from when it was due',
    logY: true,
    series: [
      { name: 'p99', points: points(ours, 'p99Ms') },
      { name: 'p50', points: points(ours, 'p50Ms') },
      { name: 'p99, the route alone', points: points(floor, 'p99Ms') },
      { name: 'p50, the route alone', points: points(floor, 'p50Ms') },
    ],
  };
}

function medians(rounds: readonly LoadRound[], whose: string): string {
  const of = (key: 'p50Ms' | 'p999Ms') => median(rounds.map((round) => round[key])).toFixed(1);
  return `p50 and p99.9 of ${whose}: ${of('p50Ms')} and ${of('p999Ms')} ms.`;
}
