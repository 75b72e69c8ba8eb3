import { expectNoDrift } from '../audit.ts';
import { fillWithSessions } from '../clinic-data.ts';
import { chargesPerSecond, databaseNowMs, flawsOfCharges, isChargedUntil } from '../lateness/charges.ts';
import { until } from '../lateness/until.ts';
import { startProcessorMeter } from '../processor-meter.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome } from '../row.ts';
import type { Contestant } from './contestant.ts';
import { CONTESTANTS } from './contestants.ts';
import { ours } from './ours.ts';
import { type PeerRound, peerRows } from './peer-rows.ts';
import { processorTimeUs } from '../processor-time.ts';
import { wrongInWords } from './wrong.ts';

const BACKLOG = { short: 1_000, full: 3_000 };
const MOST_ROUNDS = { short: 1, full: 5 };

/** Whoever has not done a backlog by then is told with what it had done. */
const PATIENCE_MS = { short: 15_000, full: 30_000 };

/** Due deductions a second from a backlog, of the product and of each peer, in turn. */
export async function measurePeerBacklog(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const found = new Map(CONTESTANTS.map((contestant) => [contestant, [] as PeerRound[]]));
  for (const contestant of CONTESTANTS) await contestant.prepare(rig);
  for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS[scale]); round += 1) {
    for (const [contestant, list] of found)
      list.push(await measureBacklog(rig, contestant, BACKLOG[scale], PATIENCE_MS[scale]));
    const told = [...found].map(([{ name }, list]) => `${name} ${Math.round(list.at(-1)?.value ?? 0)}`);
    say(`round ${round}, deductions/s: ${told.join(', ')}`);
  }
  return { rows: peerRows(found, { what: 'due deductions', unit: '/s', ahead: 'more' }) };
}

async function measureBacklog(
  rig: Rig,
  contestant: Contestant,
  sessions: number,
  patienceMs: number,
): Promise<PeerRound> {
  await fillWithSessions(rig.sql, sessions, 0);
  await rig.emptyRedis();
  await contestant.arm(rig);
  const untilMs = await databaseNowMs(rig.sql);
  const meter = await startProcessorMeter({ PostgreSQL: rig.postgresPid, Redis: rig.redisPid });
  const worker = await rig.start(contestant.worker);
  try {
    await until(() => isChargedUntil(rig.sql, untilMs), { withinMs: patienceMs });
    const flaws = await flawsOfCharges(rig.sql, untilMs);
    const done = Math.max(1, sessions - flaws.lost);
    const cpuUs = {
      worker: (await processorTimeUs(worker.child.pid ?? 0)) / done,
      ...(await meter.perOperation(done)),
    };
    if (contestant === ours) await expectNoDrift(rig);
    return { value: await chargesPerSecond(rig.sql), cpuUs, wrong: wrongInWords(contestant, flaws) };
  } finally {
    await worker.stop();
  }
}
