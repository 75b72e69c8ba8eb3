import { type Program, untilReady } from '../../kit/product-program.ts';
import { LIVE_SESSIONS, measureActivities } from '../activities.ts';
import { fillWithSessions } from '../clinic-data.ts';
import { CLIENTS, pidOf } from '../http/both-apis.ts';
import { metered } from '../http/metered-load.ts';
import { expectNoFlaws } from '../lateness/charges.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome } from '../row.ts';
import type { Contestant } from './contestant.ts';
import { CONTESTANTS } from './contestants.ts';
import { type PeerRound, peerRows } from './peer-rows.ts';

const SECONDS = { short: 1, full: 3 };
const MOST_ROUNDS = { short: 2, full: 5 };
const HOUR_MS = 3_600_000;

/** Activities a second of the product and of each peer, in turn, over the same sessions with the same load. */
export async function measurePeerActivities(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  await fillWithSessions(rig.sql, LIVE_SESSIONS, HOUR_MS);
  await rig.emptyRedis();
  const load = { clients: CLIENTS, seconds: SECONDS[scale] };
  const apis = new Map<Contestant, Program>();
  const found = new Map(CONTESTANTS.map((contestant) => [contestant, [] as PeerRound[]]));
  try {
    for (const contestant of CONTESTANTS) {
      await contestant.prepare(rig);
      const api = await rig.start(contestant.api);
      apis.set(contestant, api);
      await untilReady(api);
      await measureActivities(rig, api.port, { ...load, seconds: 1 });
    }
    for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS[scale]); round += 1) {
      for (const [contestant, api] of apis) {
        const parts = { API: pidOf(api), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
        const { perSecond, cpuUs } = await metered(parts, () => measureActivities(rig, api.port, load));
        found.get(contestant)?.push({ value: perSecond, cpuUs, wrong: null });
      }
      const told = [...found].map(([{ name }, list]) => `${name} ${Math.round(list.at(-1)?.value ?? 0)}`);
      say(`round ${round}, activities/s: ${told.join(', ')}`);
    }
  } finally {
    await Promise.all([...apis.values()].map((api) => api.stop()));
  }
  await expectNoFlaws(rig.sql, Date.now());
  return { rows: peerRows(found, { what: 'activities', unit: '/s', ahead: 'more' }) };
}
