import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from '../../kit/product-program.ts';
import {
  chargesPerSecond,
  type ChargeFlaws,
  databaseNowMs,
  expectNoFlaws,
  flawsOfCharges,
  isChargedUntil,
  lastDeadlineMs,
  latenessOfCharges,
} from '../clinic/charges.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import { prepareQueue } from '../clinic/queue.ts';
import type { Aim, Row } from '../figures.ts';
import { CLIENTS, LIVE_SESSIONS, measureActivities, metered, pidOf } from '../load/activities.ts';
import { processorTimeUs, startProcessorMeter } from '../processor-time.ts';
import type { Measure, Rig } from '../rig.ts';
import { costsInWords, latenessInWords, median, mediansByKey, quotients, summarise } from '../statistics.ts';
import { until } from '../until.ts';
import type { Contestant } from './contestant.ts';
import { CONTESTANTS, OURS } from './contestants.ts';

const HOUR_MS = 3_600_000;
const ACTIVITY_SECONDS = { quick: 1, whole: 3 };
const BACKLOG = { quick: 300, whole: 3_000 };
/** A contestant that has not done its backlog by then stands with what it has done. */
const BACKLOG_LIMIT_MS = 30_000;
const RATE = 50;
const WINDOW_MS = { quick: 1_000, whole: 8_000 };
/** From the start of the preparation until the first is due. Where the worker is not there by then, it begins anew. */
const LEADS_MS = [5_000, 15_000, 45_000];
const MARGIN_MS = 300;
/** A contestant that is later than this by design is measured once, over a window that shows it; not in a quick run. */
const LATE_BY_DESIGN_MS = 10_000;
const SHARE_OF_DESIGN = 0.8;

/** What one contestant came to in one round. */
interface PeerRound {
  readonly value: number;
  /** Processor microseconds for each operation, by part. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** What was wrong with its ledger afterwards, in words; null where nothing. */
  readonly wrong: string | null;
}

type Rounds = ReadonlyMap<Contestant, PeerRound[]>;

const noRounds = (): Rounds => new Map(CONTESTANTS.map((contestant) => [contestant, []]));

const lastOf = (rounds: Rounds): string =>
  [...rounds].map(([{ name }, list]) => `${name} ${Math.round(list.at(-1)?.value ?? 0)}`).join(', ');

async function prepareAll(rig: Rig): Promise<void> {
  await prepareQueue(rig);
  for (const contestant of CONTESTANTS) await contestant.prepare(rig);
}

/** Activities a second of the product and of each peer, in turn, over the same sessions with the same load. */
export const measurePeerActivities: Measure = async (rig, say, { rounds, isQuick }) => {
  await prepareAll(rig);
  await fillWithSessions(rig.sql, LIVE_SESSIONS, HOUR_MS);
  const load = { clients: CLIENTS, seconds: isQuick ? ACTIVITY_SECONDS.quick : ACTIVITY_SECONDS.whole };
  const apis = new Map<Contestant, Program>();
  const found = noRounds();
  for (const contestant of CONTESTANTS) {
    const api = await contestant.startApi(rig);
    apis.set(contestant, api);
    await measureActivities(api.port, { ...load, seconds: 1 });
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const [contestant, api] of apis) {
      const parts = { API: pidOf(api), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
      const { perSecond, cpuUs } = await metered(parts, () => measureActivities(api.port, load));
      found.get(contestant)?.push({ value: perSecond, cpuUs, wrong: null });
    }
    say(`round ${round}, activities/s: ${lastOf(found)}`);
  }
  await Promise.all([...apis.values()].map((api) => api.stop()));
  await expectNoFlaws(rig.sql, Date.now());
  return peerRows(found, { what: 'activities', unit: '/s', aim: { of: 'ratio', least: 1 } });
};

/** Due deductions a second from a backlog, of the product and of each peer, in turn. */
export const measurePeerBacklog: Measure = async (rig, say, { rounds, isQuick }) => {
  await prepareAll(rig);
  const found = noRounds();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [contestant, list] of found)
      list.push(await measureBacklog(rig, contestant, isQuick ? BACKLOG.quick : BACKLOG.whole));
    say(`round ${round}, deductions/s: ${lastOf(found)}`);
  }
  return peerRows(found, { what: 'due deductions', unit: '/s', aim: { of: 'ratio', least: 2 } });
};

async function measureBacklog(rig: Rig, contestant: Contestant, sessions: number): Promise<PeerRound> {
  await fillWithSessions(rig.sql, sessions, 0);
  await contestant.arm(rig);
  const untilMs = await databaseNowMs(rig.sql);
  const meter = await startProcessorMeter({ PostgreSQL: rig.postgresPid, Redis: rig.redisPid });
  const worker = await contestant.startWorker(rig);
  try {
    await until(() => isChargedUntil(rig.sql, untilMs), { withinMs: BACKLOG_LIMIT_MS });
    const flaws = await flawsOfCharges(rig.sql, untilMs);
    const done = Math.max(1, sessions - flaws.lost);
    const workerUs = (await processorTimeUs(pidOf(worker))) / done;
    const cpuUs = { worker: workerUs, ...(await meter.perOperation(done)) };
    return { value: await chargesPerSecond(rig.sql), cpuUs, wrong: wrongInWords(contestant, flaws) };
  } finally {
    await worker.stop();
  }
}

/** How late deductions are at a modest rate, of the product and of each peer, in turn. */
export const measurePeerLateness: Measure = async (rig, say, { rounds, isQuick }) => {
  await prepareAll(rig);
  const found = noRounds();
  for (let round = 1; round <= rounds; round += 1)
    for (const [contestant, list] of found) {
      const isSlow = contestant.lateByDesignMs > LATE_BY_DESIGN_MS;
      if (isSlow && (isQuick || round > 1)) continue;
      const usualMs = isQuick ? WINDOW_MS.quick : WINDOW_MS.whole;
      const windowMs = isSlow ? contestant.lateByDesignMs * SHARE_OF_DESIGN : usualMs;
      const { words, ...measured } = await measureLatenessOf(rig, contestant, windowMs);
      list.push(measured);
      say(`round ${round}, ${contestant.name}: ${words}`);
    }

  return peerRows(found, { what: `lateness p99 of deductions, ${RATE}/s`, unit: 'ms', aim: null });
};

async function measureLatenessOf(
  rig: Rig,
  contestant: Contestant,
  windowMs: number,
): Promise<PeerRound & { readonly words: string }> {
  for (const leadMs of LEADS_MS) {
    const found = await measureLatenessAfter(rig, contestant, windowMs, leadMs);
    if (found !== null) return found;
  }
  throw new Error(`the worker of ${contestant.name} took too long to start`);
}

/** Null where the first was due before the worker worked. */
async function measureLatenessAfter(rig: Rig, contestant: Contestant, windowMs: number, leadMs: number) {
  const sessions = Math.round((RATE * windowMs) / 1000);
  await fillWithSessions(rig.sql, sessions, leadMs, { spreadMs: windowMs });
  await contestant.arm(rig);
  const lastMs = await lastDeadlineMs(rig.sql);
  const worker = await contestant.startWorker(rig);
  try {
    const leftMs = lastMs - windowMs - (await databaseNowMs(rig.sql));
    if (leftMs < MARGIN_MS) return null;
    await pause(leftMs - MARGIN_MS);
    const parts = { worker: pidOf(worker), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
    const meter = await startProcessorMeter(parts);
    await pause(Math.max(0, lastMs - (await databaseNowMs(rig.sql))));
    await until(() => isChargedUntil(rig.sql, lastMs + 1), { withinMs: contestant.lateByDesignMs + 15_000 });
    const cpuUs = await meter.perOperation(sessions);
    const lateness = summarise(await latenessOfCharges(rig.sql, 0, lastMs + 1));
    const wrong = wrongInWords(contestant, await flawsOfCharges(rig.sql, lastMs + 1));
    return { value: lateness.p99Ms, cpuUs, wrong, words: latenessInWords(lateness) };
  } finally {
    await worker.stop();
  }
}

/**
 * What is wrong with a ledger, in words; null where nothing is.
 * @throws where it is the product's: its figures count only if they are exact.
 */
function wrongInWords(contestant: Contestant, { lost, doubled, untrue }: ChargeFlaws): string | null {
  if (lost + doubled + untrue === 0) return null;
  const words = [
    ...(lost === 0 ? [] : [`${lost} sessions still due`]),
    ...(doubled === 0 ? [] : [`${doubled} sessions whose charges are not what their row says`]),
    ...(untrue === 0 ? [] : [`${untrue} balances that are not the sum of their entries`]),
  ].join(', ');
  if (contestant === OURS) throw new Error(`our own ledger is not exact: ${words}`);
  return words;
}

/** A row for each peer: ours against it, round by round. A peer with fewer rounds stands with its median in the others. */
export function peerRows(
  rounds: ReadonlyMap<Pick<Contestant, 'name'>, readonly PeerRound[]>,
  row: { readonly what: string; readonly unit: string; readonly aim: Aim | null },
): readonly Row[] {
  const mine = rounds.get(OURS) ?? [];
  const values = mine.map(({ value }) => value);
  return [...rounds].flatMap(([peer, theirs]): readonly Row[] => {
    if (peer === OURS || theirs.length === 0) return [];
    const middle = median(theirs.map(({ value }) => value));
    const floor = values.map((_value, round) => theirs[round]?.value ?? middle);
    const wrong = theirs.flatMap((round) => (round.wrong === null ? [] : [round.wrong]));
    const notes = [
      ...(theirs.length < mine.length ? [`The peer had ${theirs.length} of ${mine.length} rounds.`] : []),
      ...(wrong.length > 0 ? [`Wrong afterwards: ${wrong.join('; ')}.`] : []),
    ];
    const exact = wrong.length === 0 ? ' Its ledger was exact.' : '';
    return [
      {
        ...row,
        against: `peer: ${peer.name}`,
        ours: values,
        floor,
        ratio: quotients(values, floor),
        cpuUs: mediansByKey(mine.map(({ cpuUs }) => cpuUs)),
        ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
        details: `The peer's cost: ${costsInWords(mediansByKey(theirs.map(({ cpuUs }) => cpuUs)))}.${exact}`,
      },
    ];
  });
}
