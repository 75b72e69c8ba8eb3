import { setTimeout as pause } from 'node:timers/promises';
import { fillWithSessions } from '../clinic-data.ts';
import {
  databaseNowMs,
  flawsOfCharges,
  isChargedUntil,
  lastDeadlineMs,
  latenessOfCharges,
} from '../lateness/charges.ts';
import { inWords, summarise } from '../lateness/summary.ts';
import { until } from '../lateness/until.ts';
import { startProcessorMeter } from '../processor-meter.ts';
import { pidOf } from '../http/both-apis.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome } from '../row.ts';
import type { Contestant } from './contestant.ts';
import { CONTESTANTS } from './contestants.ts';
import { type PeerRound, peerRows } from './peer-rows.ts';
import { wrongInWords } from './wrong.ts';

const RATE = 50;
const WINDOW_MS = { short: 3_000, full: 8_000 };
const MOST_ROUNDS = { short: 1, full: 3 };

/** From the start of the preparation until the first is due. Where the worker is not there by then, it begins anew. */
const LEADS_MS = [5_000, 15_000, 45_000];

const MARGIN_MS = 300;

/** Whoever is late by so much by design is measured once; in the short run not at all. */
const LATE_BY_DESIGN_MS = 10_000;

/** And over so much of it that one round of theirs finds all of it due. */
const SHARE_OF_DESIGN = 0.8;

/** How late deductions are at a modest rate, of the product and of each peer, in turn. */
export async function measurePeerLateness(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const found = new Map(CONTESTANTS.map((contestant) => [contestant, [] as PeerRound[]]));
  const notes: string[] = [];
  for (const contestant of CONTESTANTS) await contestant.prepare(rig);
  for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS[scale]); round += 1) {
    for (const [contestant, list] of found) {
      const isSlow = contestant.lateByDesignMs > LATE_BY_DESIGN_MS;
      if (isSlow && (scale === 'short' || round > 1)) continue;
      const windowMs = Math.max(WINDOW_MS[scale], isSlow ? contestant.lateByDesignMs * SHARE_OF_DESIGN : 0);
      const { told, ...measured } = await measureOne(rig, contestant, windowMs);
      list.push(measured);
      say(`round ${round}, ${contestant.name}: ${told}`);
    }
  }
  for (const [{ name, lateByDesignMs }, list] of found)
    if (list.length === 0)
      notes.push(
        `${name} is late by up to ${lateByDesignMs / 1000} s by design and was not measured in this short run.`,
      );
  const what = `lateness p99 of deductions, ${RATE}/s`;
  return { rows: peerRows(found, { what, unit: 'ms', ahead: 'less' }), notes };
}

interface LatenessRound extends PeerRound {
  readonly told: string;
}

async function measureOne(rig: Rig, contestant: Contestant, windowMs: number): Promise<LatenessRound> {
  for (const leadMs of LEADS_MS) {
    const found = await measureAfter(rig, contestant, windowMs, leadMs);
    if (found !== null) return found;
  }
  throw new Error(`the worker of ${contestant.name} took too long to start`);
}

/** Null where the first was due before the worker worked. */
async function measureAfter(
  rig: Rig,
  contestant: Contestant,
  windowMs: number,
  leadMs: number,
): Promise<LatenessRound | null> {
  const sessions = Math.round((RATE * windowMs) / 1000);
  await fillWithSessions(rig.sql, sessions, leadMs, { spreadMs: windowMs });
  await rig.emptyRedis();
  await contestant.arm(rig);
  const lastMs = await lastDeadlineMs(rig.sql);
  const worker = await rig.start(contestant.worker);
  try {
    await contestant.untilWorks(worker);
    const leftMs = lastMs - windowMs - (await databaseNowMs(rig.sql));
    if (leftMs < MARGIN_MS) return null;
    await pause(leftMs - MARGIN_MS);
    const meter = await startProcessorMeter({
      worker: pidOf(worker),
      PostgreSQL: rig.postgresPid,
      Redis: rig.redisPid,
    });
    await pause(lastMs - (await databaseNowMs(rig.sql)));
    const withinMs = contestant.lateByDesignMs + 15_000;
    await until(() => isChargedUntil(rig.sql, lastMs + 1), { withinMs });
    const cpuUs = await meter.perOperation(sessions);
    const lateness = summarise(await latenessOfCharges(rig.sql, 0, lastMs + 1));
    const wrong = wrongInWords(contestant, await flawsOfCharges(rig.sql, lastMs + 1));
    return { value: lateness.p99Ms, cpuUs, wrong, told: inWords(lateness) };
  } finally {
    await worker.stop();
  }
}
