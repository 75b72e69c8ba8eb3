import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIVE_SESSIONS, type LoadRound, measureActivities } from './activities.ts';
import { fillWithSessions } from './clinic-data.ts';
import { type DeductionRound, measureDeductions } from './deductions.ts';
import { measureNoopJobs, type NoopRound } from './noop-jobs.ts';
import { hasPgbench, measurePgbench } from './pgbench.ts';
import { median } from './ratio.ts';
import { type Measured, renderReport } from './report.ts';
import { untilReady } from '../tests/harness/product-program.ts';
import { openRig, type Rig } from './rig.ts';

// `npm run bench`: everything in one run, in interleaved rounds, every figure beside its floor.
const ROUNDS = 5;
const SECONDS = 5;
const CLIENTS = 64;
const BACKLOG = 20_000;
const CONCURRENCY = 200;
const HOUR_MS = 3_600_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function measureHttp(
  rig: Rig,
): Promise<Pick<Measured, 'activities' | 'pgbench' | 'idle' | 'halfRate'>> {
  await fillWithSessions(rig.sql, LIVE_SESSIONS, HOUR_MS);
  say('starting the API, and the same API over an engine that does nothing');
  const api = await rig.start('src/server.ts');
  const idleApi = await rig.start('bench/idle-api.ts');
  try {
    await Promise.all([untilReady(api), untilReady(idleApi)]);
    const activities: LoadRound[] = [];
    const pgbench: { perSecond: number }[] = [];
    const idle: LoadRound[] = [];
    const load = { clients: CLIENTS, seconds: SECONDS };
    await measureActivities(rig, api.port, { ...load, seconds: 2 });
    await measureActivities(rig, idleApi.port, { ...load, seconds: 2 });
    for (let round = 1; round <= ROUNDS; round += 1) {
      activities.push(await measureActivities(rig, api.port, load));
      pgbench.push(await measurePgbench(rig, load));
      idle.push(await measureActivities(rig, idleApi.port, load));
      const [ours, floor, bare] = [activities.at(-1), pgbench.at(-1), idle.at(-1)].map((one) =>
        Math.round(one?.perSecond ?? Number.NaN),
      );
      say(`round ${round}: ${ours} activities/s, pgbench ${floor}/s, the route alone ${bare}/s`);
    }
    const rate = Math.round(median(activities.map(({ perSecond }) => perSecond)) / 2);
    say(`latency at half of the maximum, ${rate}/s`);
    const halfRate = { rate, ...(await measureActivities(rig, api.port, { ...load, seconds: 10, rate })) };
    return { activities, pgbench, idle, halfRate };
  } finally {
    await api.stop();
    await idleApi.stop();
  }
}

async function measureBacklog(rig: Rig): Promise<Pick<Measured, 'deductions' | 'noops'>> {
  const deductions: DeductionRound[] = [];
  const noops: NoopRound[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    deductions.push(await measureDeductions(rig, BACKLOG, CONCURRENCY));
    noops.push(await measureNoopJobs(rig, BACKLOG, CONCURRENCY));
    const [ours, floor] = [deductions.at(-1), noops.at(-1)].map((one) =>
      Math.round(one?.perSecond ?? Number.NaN),
    );
    say(`round ${round}: ${ours} deductions/s, no-op jobs ${floor}/s`);
  }
  return { deductions, noops };
}

if (!(await hasPgbench())) {
  say('There is no pgbench: install the client programs of PostgreSQL (Debian: postgresql-contrib).');
  process.exit(1);
}
say('starting PostgreSQL and Redis');
const rig = await openRig();
try {
  const http = await measureHttp(rig);
  const backlog = await measureBacklog(rig);
  const settings = {
    rounds: ROUNDS,
    seconds: SECONDS,
    clients: CLIENTS,
    sessions: LIVE_SESSIONS,
    backlog: BACKLOG,
    concurrency: CONCURRENCY,
  };
  const report = renderReport({ ...http, ...backlog }, settings);
  const path = join(import.meta.dirname, '..', 'docs', 'performance.md');
  await writeFile(path, report);
  say(`\n${report}\nwritten to docs/performance.md`);
} finally {
  await rig.close();
}
