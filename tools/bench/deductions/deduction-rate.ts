import { expectNoDrift } from '../audit.ts';
import { type DeductionRound, measureDeductions } from '../deductions.ts';
import { fillWithSessions } from '../clinic-data.ts';
import { measureNoopJobs, type NoopRound } from '../noop-jobs.ts';
import { measurePgbench, threeRows } from '../pgbench.ts';
import { startProcessorMeter } from '../processor-meter.ts';
import { median, mediansByKey, quotients } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome, Row } from '../row.ts';

const BACKLOG = { short: 5_000, full: 20_000 };
const PGBENCH_SECONDS = { short: 3, full: 5 };
const PGBENCH_CLIENTS = 64;
const HOUR_MS = 3_600_000;

/** What the worker does when nobody says otherwise. */
export const CONCURRENCY = 400;

interface SqlRound {
  readonly perSecond: number;
  readonly postgresUs: number;
}

/** Due deductions a second from a backlog, beside jobs that do nothing, and beside the same three rows from pgbench. */
export async function measureDeductionRate(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const backlog = BACKLOG[scale];
  const ours: DeductionRound[] = [];
  const noops: NoopRound[] = [];
  const sql: SqlRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const mine = await measureDeductions(rig, backlog, CONCURRENCY);
    if (round === rounds) await expectNoDrift(rig);
    const idle = await measureNoopJobs(rig, backlog, CONCURRENCY);
    const rows = await measureThreeRows(rig, backlog, PGBENCH_SECONDS[scale]);
    ours.push(mine);
    noops.push(idle);
    sql.push(rows);
    const [a, b, c] = [mine, idle, rows].map(({ perSecond }) => Math.round(perSecond));
    say(`round ${round}: ${a} deductions/s, no-op jobs ${b}/s, pgbench with three rows ${c}/s`);
  }
  return { rows: rowsOf(ours, noops, sql, backlog) };
}

/** On sessions of its own that nobody audits: it writes the three rows and leaves the rest of a deduction out. */
async function measureThreeRows(rig: Rig, sessions: number, seconds: number): Promise<SqlRound> {
  await fillWithSessions(rig.sql, sessions, HOUR_MS, { units: 10_000 });
  const meter = await startProcessorMeter({ PostgreSQL: rig.postgresPid });
  const { perSecond, transactions } = await measurePgbench(
    rig,
    { clients: PGBENCH_CLIENTS, seconds },
    threeRows(sessions),
  );
  const { PostgreSQL = Number.NaN } = await meter.perOperation(transactions);
  return { perSecond, postgresUs: PostgreSQL };
}

function rowsOf(
  ours: readonly DeductionRound[],
  noops: readonly NoopRound[],
  sql: readonly SqlRound[],
  backlog: number,
): readonly Row[] {
  const rates = (list: readonly { readonly perSecond: number }[]) => list.map(({ perSecond }) => perSecond);
  const cpuUs = mediansByKey(ours.map((round) => round.cpuUs));
  const scripts = median(ours.map(({ queueOperations }) => queueOperations)).toFixed(2);
  const noopUs = Math.round(median(noops.map((round) => round.cpuUs)));
  const sqlUs = Math.round(median(sql.map(({ postgresUs }) => postgresUs)));
  const row = { what: 'due deductions from a backlog', unit: '/s', ours: rates(ours), cpuUs };
  return [
    {
      ...row,
      against: 'BullMQ jobs that do nothing, same Redis and concurrency',
      floor: rates(noops),
      ratio: quotients(rates(ours), rates(noops)),
      aim: { of: 'ratio', least: 0.7 },
      note: `${backlog} sessions, one worker, ${CONCURRENCY} alarms in hand. Processor times with the start of the worker's process. Scripts that Redis ran for each: ${scripts}. A no-op job costs its worker ${noopUs} µs.`,
    },
    {
      ...row,
      against: 'pgbench, the same three rows in one statement',
      floor: rates(sql),
      ratio: quotients(rates(ours), rates(sql)),
      aim: null,
      note: `${PGBENCH_CLIENTS} connections, a session a transaction, no audit line and no rules. It costs PostgreSQL ${sqlUs} µs.`,
    },
  ];
}
