import { untilReady } from '../../kit/product-program.ts';
import { LIVE_SESSIONS, measureActivities } from '../activities.ts';
import { armAll } from '../arm-all.ts';
import { fillWithSessions } from '../clinic-data.ts';
import type { LoadRound } from '../load.ts';
import { measureNoopJobs } from '../noop-jobs.ts';
import { quotients } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome } from '../row.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { databaseNowMs, expectNoFlaws, firstDeadlineMs, isChargedUntil, overdueSessions } from './charges.ts';
import { postponeSessions } from './postpone.ts';
import { untilOrThrow } from './until.ts';

const HERD = { short: 3_000, full: 10_000 };
const MOST_ROUNDS = { short: 1, full: 5 };
const BLOCK_MS = 600_000;

/** From the start of the preparation to the deadline of all; where that is too short, the round begins anew. */
const LEADS_MS = [15_000, 30_000, 60_000];

/** As many alarms in hand as a worker has unless told. */
const CONCURRENCY = 400;

/** Sessions that are due earlier: a worker that has charged nothing since it started is not what is measured. */
const WARM_UP = 2_000;

/** What the apps of other patients send meanwhile. */
const QUIET_LOAD = { clients: 32, rate: 300 };

/** At least so many seconds, or a p99 says nothing. */
const LEAST_SECONDS = 1;

interface HerdRound {
  readonly seconds: number;
  readonly quiet: LoadRound;
  readonly meanwhile: LoadRound;
  readonly noopSeconds: number;
}

/** All sessions due at the same instant: how long until each is charged, and what other callers notice of it. */
export async function measureHerd(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const herd = HERD[scale];
  const all: HerdRound[] = [];
  for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS[scale]); round += 1) {
    const found = await measureRound(rig, herd);
    all.push(found);
    const { seconds, noopSeconds, quiet, meanwhile } = found;
    say(
      `round ${round}: ${seconds.toFixed(2)} s, as many no-op jobs ${noopSeconds.toFixed(2)} s; ` +
        `API p99 ${meanwhile.p99Ms.toFixed(1)} ms, quiet ${quiet.p99Ms.toFixed(1)} ms`,
    );
  }
  const seconds = all.map((round) => round.seconds);
  const floor = all.map(({ noopSeconds }) => noopSeconds);
  const p99 = all.map(({ meanwhile }) => meanwhile.p99Ms);
  const quiet = all.map((round) => round.quiet.p99Ms);
  return {
    rows: [
      {
        what: `${herd} sessions due at the same instant, until all are charged`,
        against: `${herd} ÷ the rate of no-op jobs`,
        unit: 's',
        ours: seconds,
        floor,
        ratio: quotients(seconds, floor),
        aim: { of: 'ratio', most: 1.5 },
      },
      {
        what: 'p99 of other activities meanwhile',
        against: 'the same load with nothing due',
        unit: 'ms',
        ours: p99,
        floor: quiet,
        ratio: quotients(p99, quiet),
        aim: { of: 'ratio', most: 2 },
        note: `At ${QUIET_LOAD.rate}/s, evenly, counted from when each was due.`,
      },
    ],
  };
}

async function measureRound(rig: Rig, herd: number): Promise<HerdRound> {
  for (const leadMs of LEADS_MS) {
    const found = await measureOnce(rig, herd, leadMs);
    if (found !== null) return found;
  }
  throw new Error(
    `the machine took more than ${(LEADS_MS.at(-1) ?? 0) / 1000} s to prepare ${herd} sessions`,
  );
}

/** Null where the sessions were due before everything was ready. */
async function measureOnce(rig: Rig, herd: number, leadMs: number): Promise<HerdRound | null> {
  await fillWithSessions(rig.sql, LIVE_SESSIONS + WARM_UP + herd, leadMs);
  const dueMs = await firstDeadlineMs(rig.sql);
  const warmUpMs = leadMs / 2;
  await postponeSessions(rig.sql, LIVE_SESSIONS + WARM_UP, warmUpMs - leadMs);
  // Those in which others write have only just begun.
  await postponeSessions(rig.sql, LIVE_SESSIONS, BLOCK_MS - warmUpMs);
  await armAll(rig);
  const api = await rig.start('src/server.ts');
  const worker = await rig.start('workers/worker.ts');
  try {
    await Promise.all([untilReady(api), untilReady(worker)]);
    await pause(dueMs - warmUpMs - (await databaseNowMs(rig.sql)));
    await untilOrThrow(() => isChargedUntil(rig.sql, dueMs), 'the worker is warm', { withinMs: 60_000 });
    const load = (seconds: number) => measureActivities(rig, api.port, { ...QUIET_LOAD, seconds });
    const leftMs = dueMs - (await databaseNowMs(rig.sql));
    if (leftMs < LEAST_SECONDS * 3_000) return null;
    await load(0.5);
    const quiet = await load(Math.min(4, leftMs / 1000 - 1.2));
    await pause(dueMs - (await databaseNowMs(rig.sql)));
    const meanwhile = await load(Math.max(LEAST_SECONDS, herd / 8_000));
    await untilOrThrow(async () => (await overdueSessions(rig.sql, 0)) === 0, 'all are charged', {
      withinMs: 60_000,
    });
    await expectNoFlaws(rig.sql, dueMs + 1);
    const seconds = ((await lastChargeMs(rig)) - dueMs) / 1000;
    await Promise.all([api.stop(), worker.stop()]);
    const noop = await measureNoopJobs(rig, herd, CONCURRENCY);
    return { seconds, quiet, meanwhile, noopSeconds: herd / noop.perSecond };
  } finally {
    await Promise.all([api.stop(), worker.stop()]);
  }
}

async function lastChargeMs(rig: Rig): Promise<number> {
  const { rows } = await rig.sql.query<{ at: number }>(
    `SELECT epoch_ms(max(recorded_at))::float8 AS at FROM ledger_entries WHERE kind = 'charge'`,
  );
  return rows[0]?.at ?? Number.NaN;
}
