import { expectNoDifference } from '../../kit/auditor.ts';
import { untilReady } from '../../kit/product-program.ts';
import { tokenFor } from '../../kit/tokens.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import { CLIENTS, LIVE_SESSIONS, measureActivities } from '../load/activities.ts';
import { putLoad } from '../load/load.ts';
import { quotients } from '../statistics.ts';
import type { Measure } from '../rig.ts';

const PAGES = 20;
/** Each asks every two seconds. */
const ASKS_PER_SECOND = PAGES / 2;
const SECONDS = { quick: 3, whole: 8 };
const HOUR_MS = 3_600_000;

/** What twenty open pages that show how it stands cost the patients: activities a second, in turn with none and with them. */
export const measureConsoleCost: Measure = async (rig, say, { rounds, isQuick }) => {
  const seconds = SECONDS[isQuick ? 'quick' : 'whole'];
  await fillWithSessions(rig.sql, LIVE_SESSIONS, HOUR_MS);
  const api = await rig.start('src/server.ts');
  const worker = await rig.start('workers/worker.ts');
  await Promise.all([untilReady(api), untilReady(worker)]);
  const request = Buffer.from(
    `GET /api/admin/now HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${tokenFor(1, { role: 'admin' })}\r\n\r\n`,
  );
  const withNone = async () => (await measureActivities(api.port, { clients: CLIENTS, seconds })).perSecond;
  const withPages = async () => {
    const asking = { port: api.port, clients: PAGES, seconds, requests: [request], rate: ASKS_PER_SECOND };
    const [perSecond] = await Promise.all([withNone(), putLoad(asking)]);
    return perSecond;
  };
  await withNone();
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= 2 * rounds; round += 1) {
    // From the other end every second time.
    if (round % 2 === 0) ours.push(await withPages());
    floor.push(await withNone());
    if (round % 2 === 1) ours.push(await withPages());
    say(
      `round ${round}: ${Math.round(ours.at(-1) ?? 0)} activities/s with them, ${Math.round(floor.at(-1) ?? 0)} without`,
    );
  }
  await expectNoDifference(rig.databaseUrl);
  return [
    {
      what: `activities beside ${PAGES} open pages of how it stands now`,
      against: 'the same with none',
      unit: '/s',
      ours,
      floor,
      ratio: quotients(ours, floor),
      aim: { of: 'ratio', least: 0.97 },
    },
  ];
};
