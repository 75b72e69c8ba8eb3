import { measureActivities } from '../activities.ts';
import { expectNoDrift } from '../audit.ts';
import { measurePgbench, type PgbenchRound } from '../pgbench.ts';
import { startProcessorMeter } from '../processor-meter.ts';
import { mediansByKey, quotients } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome, Row } from '../row.ts';
import { CLIENTS, pidOf, withBothApis } from './both-apis.ts';
import { inWords, metered, type MeteredRound } from './metered-load.ts';

const SECONDS = { short: 3, full: 5 };

interface Rounds {
  readonly ours: readonly MeteredRound[];
  readonly bare: readonly MeteredRound[];
  readonly pgbench: readonly (PgbenchRound & { readonly cpuUs: Readonly<Record<string, number>> })[];
}

/** Activities a second, beside pgbench's same one-row update and beside the same route doing nothing. */
export async function measureActivityRate(
  rig: Rig,
  say: (line: string) => void,
  settings: MeasureSettings,
): Promise<Outcome> {
  const rounds = await withBothApis(rig, async (api, bare): Promise<Rounds> => {
    const load = { clients: CLIENTS, seconds: SECONDS[settings.scale] };
    const ours: MeteredRound[] = [];
    const idle: MeteredRound[] = [];
    const floor: (PgbenchRound & { cpuUs: Readonly<Record<string, number>> })[] = [];
    await measureActivities(rig, api.port, { ...load, seconds: 2 });
    await measureActivities(rig, bare.port, { ...load, seconds: 2 });
    for (let round = 1; round <= settings.rounds; round += 1) {
      const parts = { API: pidOf(api), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
      const mine = await metered(parts, () => measureActivities(rig, api.port, load));
      const meter = await startProcessorMeter({ PostgreSQL: rig.postgresPid });
      const bench = await measurePgbench(rig, load);
      const cpuUs = await meter.perOperation(bench.transactions);
      const nothing = await metered({ API: pidOf(bare) }, () => measureActivities(rig, bare.port, load));
      ours.push(mine);
      floor.push({ ...bench, cpuUs });
      idle.push(nothing);
      const [a, b, c] = [mine, bench, nothing].map(({ perSecond }) => Math.round(perSecond));
      say(`round ${round}: ${a} activities/s, pgbench ${b}/s, the route alone ${c}/s`);
    }
    return { ours, bare: idle, pgbench: floor };
  });
  await expectNoDrift(rig);
  return { rows: rowsOf(rounds) };
}

function rowsOf({ ours, bare, pgbench }: Rounds): readonly Row[] {
  const rate = (rounds: readonly { readonly perSecond: number }[]) =>
    rounds.map(({ perSecond }) => perSecond);
  const cost = (rounds: readonly { readonly cpuUs: Readonly<Record<string, number>> }[]) =>
    mediansByKey(rounds.map(({ cpuUs }) => cpuUs));
  const row = { what: 'activities', unit: '/s', ours: rate(ours), cpuUs: cost(ours) };
  return [
    {
      ...row,
      against: 'pgbench, the same one-row update',
      floor: rate(pgbench),
      ratio: quotients(rate(ours), rate(pgbench)),
      aim: { of: 'ratio', least: 1 },
      note: `The floor's own cost a transaction, without pgbench itself: ${inWords(cost(pgbench))}.`,
    },
    {
      ...row,
      against: 'the same route doing nothing',
      floor: rate(bare),
      ratio: quotients(rate(ours), rate(bare)),
      aim: { of: 'ratio', least: 0.6 },
      note: `The floor's own cost a request: ${inWords(cost(bare))}.`,
    },
  ];
}
