import { measureStatuses } from '../activities.ts';
import { expectNoDrift } from '../audit.ts';
import { mediansByKey, quotients } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome } from '../row.ts';
import { CLIENTS, pidOf, withBothApis } from './both-apis.ts';
import { inWords, metered, type MeteredRound } from './metered-load.ts';

const SECONDS = { short: 3, full: 5 };

/** How often a second the state of sessions can be asked, beside the same route doing nothing. */
export async function measureStatusRate(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const ours: MeteredRound[] = [];
  const floor: MeteredRound[] = [];
  await withBothApis(rig, async (api, bare) => {
    const load = { clients: CLIENTS, seconds: SECONDS[scale] };
    await measureStatuses(rig, api.port, { ...load, seconds: 2 });
    await measureStatuses(rig, bare.port, { ...load, seconds: 2 });
    const parts = { API: pidOf(api), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
    for (let round = 1; round <= rounds; round += 1) {
      const mine = await metered(parts, () => measureStatuses(rig, api.port, load));
      const idle = await metered({ API: pidOf(bare) }, () => measureStatuses(rig, bare.port, load));
      ours.push(mine);
      floor.push(idle);
      const [a, b] = [mine, idle].map(({ perSecond }) => Math.round(perSecond));
      say(`round ${round}: ${a} answers/s, the route alone ${b}/s`);
    }
  });
  await expectNoDrift(rig);
  const rates = (list: readonly MeteredRound[]) => list.map(({ perSecond }) => perSecond);
  const cost = (list: readonly MeteredRound[]) => mediansByKey(list.map(({ cpuUs }) => cpuUs));
  return {
    rows: [
      {
        what: 'session-status',
        against: 'the same route doing nothing',
        unit: '/s',
        ours: rates(ours),
        floor: rates(floor),
        ratio: quotients(rates(ours), rates(floor)),
        aim: { of: 'ratio', least: 0.5 },
        cpuUs: cost(ours),
        note: `The floor's own cost a request: ${inWords(cost(floor))}.`,
      },
    ],
  };
}
