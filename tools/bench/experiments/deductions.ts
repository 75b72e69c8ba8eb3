import { setTimeout as pause } from 'node:timers/promises';
import { expectNoDifference } from '../../kit/auditor.ts';
import type { Program } from '../../kit/product-program.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import { chargesPerSecond, expectNoFlaws, isChargedUntil, databaseNowMs } from '../clinic/charges.ts';
import {
  armAll,
  type Backend,
  environmentOf,
  fillKeptJobs,
  prepareQueue,
  withQueues,
} from '../clinic/queue.ts';
import type { MeasureSettings, Row } from '../figures.ts';
import { pidOf } from '../load/activities.ts';
import { measurePgbench, threeRows } from '../load/pgbench.ts';
import { processorTimeUs, startProcessorMeter } from '../processor-time.ts';
import type { Measure, Rig } from '../rig.ts';
import { median, mediansByKey, quotients } from '../statistics.ts';
import { untilOrThrow } from '../until.ts';
import { CONCURRENCY, measureNoopJobs, type NoopRound } from './noop-jobs.ts';

/** On Redis large enough that the worker's own start, and the compiling of its code, are a small part of it. */
const BACKLOG = { redis: { quick: 2_000, whole: 60_000 }, postgres: { quick: 500, whole: 6_000 } };
const PGBENCH = { clients: 64, seconds: { quick: 3, whole: 5 } };
const HOUR_MS = 3_600_000;
/** So long ago the blocks of a backlog ended: long enough for the sweep, which leaves what is younger to the alarms. */
const BACKLOG_AGE_MS = 10_000;
const LIMIT_MS = 120_000;

interface DeductionRound {
  readonly perSecond: number;
  /** Processor time for each deduction, from the start of the worker's process until nothing that is due waits. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** Of all, those that the sweep came to first. */
  readonly sweptShare: number;
}

/** Due deductions a second from a backlog, on both queues, beside jobs that do nothing and the same rows from pgbench. */
export const measureDeductions: Measure = async (rig, say, settings) => [
  ...(await measureOn(rig, say, settings, 'redis')),
  ...(await measureOn(rig, say, settings, 'postgres')),
];

async function measureOn(
  rig: Rig,
  say: (line: string) => void,
  { rounds, isQuick }: MeasureSettings,
  backend: Backend,
): Promise<readonly Row[]> {
  const backlog = BACKLOG[backend][isQuick ? 'quick' : 'whole'];
  await prepareQueue(rig, backend);
  await fillKeptJobs(rig, backend, ...(isQuick ? [1_000] : []));
  const ours: DeductionRound[] = [];
  const noops: NoopRound[] = [];
  const pgbench: { readonly perSecond: number; readonly postgresUs: number }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    ours.push(await measureBacklog(rig, backlog, backend));
    if (round === rounds) await expectNoDifference(rig.databaseUrl);
    noops.push(await measureNoopJobs(rig, backlog, backend));
    if (backend === 'redis')
      pgbench.push(await measureThreeRows(rig, backlog, PGBENCH.seconds[isQuick ? 'quick' : 'whole']));
    const [a, b, c] = [ours, noops, pgbench].map((list) => Math.round(list.at(-1)?.perSecond ?? 0));
    say(`${backend}, round ${round}: ${a} deductions/s, no-op jobs ${b}/s, pgbench with three rows ${c}/s`);
  }
  return rowsOf(backend, backlog, ours, noops, pgbench);
}

/**
 * A backlog as after an outage: sessions whose first block has ended, all alarms waiting. A worker is started, whose
 * alarms and sweep work towards each other, and the rate is counted in the database, from the first deduction's commit to
 * the last's.
 */
async function measureBacklog(rig: Rig, sessions: number, backend: Backend): Promise<DeductionRound> {
  await fillWithSessions(rig.sql, sessions, -BACKLOG_AGE_MS);
  await armAll(rig, backend);
  const untilMs = await databaseNowMs(rig.sql);
  const meter = await startProcessorMeter({ PostgreSQL: rig.postgresPid, Redis: rig.redisPid });
  const worker = await rig.start('workers/worker.ts', {
    ...environmentOf(rig, backend),
    WORKER_CONCURRENCY: String(CONCURRENCY),
  });
  try {
    await untilCharged(rig, worker, untilMs);
    // The alarms of the sessions that the sweep came to first: no part of the rate, but of the cost, and the next round
    // must not find them.
    await untilDrained(rig, backend);
    const sweptShare = (await sweptBy(worker)) / sessions;
    const workerUs = (await processorTimeUs(pidOf(worker))) / sessions;
    const cpuUs = { worker: workerUs, ...(await meter.perOperation(sessions)) };
    await expectNoFlaws(rig.sql, untilMs);
    return { perSecond: await chargesPerSecond(rig.sql), cpuUs, sweptShare };
  } finally {
    await worker.stop();
  }
}

async function untilCharged(rig: Rig, { child }: Program, untilMs: number): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await isChargedUntil(rig.sql, untilMs))) {
    if (child.exitCode !== null) throw new Error(`the worker ended with ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error(`the backlog was not done after ${LIMIT_MS / 1000} s`);
    await pause(50);
  }
}

async function sweptBy({ port }: Program): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const swept = /^sweep_sessions_total\{outcome="settled"\} (\d+)$/m.exec(text)?.[1];
  if (swept === undefined) throw new Error('the worker does not say how many sessions its sweep settled');
  return Number(swept);
}

const untilDrained = (rig: Rig, backend: Backend): Promise<void> =>
  withQueues(rig, backend, (alarms) =>
    untilOrThrow(
      async () => {
        const { waiting = 0, active = 0 } = await alarms.getJobCounts('waiting', 'active');
        return waiting + active === 0;
      },
      'the worker has taken every alarm that was due',
      { withinMs: LIMIT_MS },
    ),
  );

/** On sessions of its own, which are not audited: it writes the three rows and leaves out the rest of a deduction. */
async function measureThreeRows(rig: Rig, sessions: number, seconds: number) {
  await fillWithSessions(rig.sql, sessions, HOUR_MS, { units: 10_000 });
  const meter = await startProcessorMeter({ PostgreSQL: rig.postgresPid });
  const load = { clients: PGBENCH.clients, seconds };
  const { perSecond, transactions } = await measurePgbench(rig, load, threeRows(sessions));
  const { PostgreSQL = Number.NaN } = await meter.perOperation(transactions);
  return { perSecond, postgresUs: PostgreSQL };
}

function rowsOf(
  backend: Backend,
  backlog: number,
  ours: readonly DeductionRound[],
  noops: readonly NoopRound[],
  pgbench: readonly { readonly perSecond: number; readonly postgresUs: number }[],
): readonly Row[] {
  const rates = (list: readonly { readonly perSecond: number }[]) => list.map(({ perSecond }) => perSecond);
  const cpuUs = mediansByKey(ours.map((round) => round.cpuUs));
  const noopUs = Math.round(median(noops.map((round) => round.cpuUs)));
  const swept = Math.round(100 * median(ours.map(({ sweptShare }) => sweptShare)));
  const onWhat = backend === 'redis' ? 'Redis' : 'PostgreSQL';
  const row = {
    what: `due deductions from a backlog, alarms on ${onWhat}`,
    unit: '/s',
    ours: rates(ours),
    cpuUs,
  };
  const beside: Row = {
    ...row,
    against: 'BullMQ jobs that do nothing',
    floor: rates(noops),
    ratio: quotients(rates(ours), rates(noops)),
    aim: { of: 'ratio', least: 0.35 },
    note: `${backlog} sessions; to ${swept} % the sweep came before their alarm. A no-op job costs its worker ${noopUs} µs.`,
  };
  if (pgbench.length === 0) return [beside];
  const sqlUs = Math.round(median(pgbench.map(({ postgresUs }) => postgresUs)));
  return [
    beside,
    {
      ...row,
      against: 'pgbench, the same three rows in one statement',
      floor: rates(pgbench),
      ratio: quotients(rates(ours), rates(pgbench)),
      aim: null,
      note: `${PGBENCH.clients} connections, a session a transaction, no audit line and no rules. It costs PostgreSQL ${sqlUs} µs.`,
    },
  ];
}
