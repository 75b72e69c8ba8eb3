import type { Figures } from '../figures.ts';
import { median } from '../ratio.ts';
import type { Row } from '../row.ts';
import { figure } from './figure.ts';

/** What one of each costs, as measured. Processor time in µs. */
export interface MeasuredCosts {
  readonly activityApiUs: number;
  readonly activityPostgresUs: number;
  readonly activityLogBytes: number;
  readonly deductionWorkerUs: number;
  readonly deductionPostgresUs: number;
  readonly deductionRedisUs: number;
  readonly armedBytes: number;
}

const LIVE_SESSIONS = [10_000, 1_000_000, 10_000_000];
/** One message every ten seconds in each session, both sides together. */
const ACTIVITIES_PER_SECOND = 0.1;
const INTERVAL_S = 600;
/** No core is planned fuller than this. */
const SHARE_OF_A_CORE = 0.6;

/** Null where an experiment that they come from was not measured yet. */
export function costsOf({ experiments }: Figures): MeasuredCosts | null {
  const rows = experiments.flatMap((experiment) => experiment.rows);
  const rowOf = (what: string): Row | undefined => rows.find((row) => row.what === what);
  const activity = rowOf('activities')?.cpuUs;
  const deduction = rowOf('due deductions from a backlog')?.cpuUs;
  const log = rowOf('WAL bytes per activity');
  const armed = rowOf('Redis bytes per armed session');
  if (activity === undefined || deduction === undefined || log === undefined || armed === undefined)
    return null;
  const costs = {
    activityApiUs: activity['API'] ?? Number.NaN,
    activityPostgresUs: activity['PostgreSQL'] ?? Number.NaN,
    activityLogBytes: median(log.ours),
    deductionWorkerUs: deduction['worker'] ?? Number.NaN,
    deductionPostgresUs: deduction['PostgreSQL'] ?? Number.NaN,
    deductionRedisUs: deduction['Redis'] ?? Number.NaN,
    armedBytes: median(armed.ours),
  };
  return Object.values(costs).every(Number.isFinite) ? costs : null;
}

/** docs/capacity.md, whole. */
export function renderCapacity(costs: MeasuredCosts): string {
  return `# What so many live sessions take

Made by \`npm run bench\` from the costs in [performance.json](performance.json), and by nothing else. What breaks first,
and what to add then, is in [scaling.md](scaling.md).

| measured | processor time, µs | else |
|---|---|---|
| an activity | API ${figure(costs.activityApiUs)}, PostgreSQL ${figure(costs.activityPostgresUs)} | ${figure(costs.activityLogBytes)} bytes of log |
| a deduction | worker ${figure(costs.deductionWorkerUs)}, PostgreSQL ${figure(costs.deductionPostgresUs)}, Redis ${figure(costs.deductionRedisUs)} | |
| an armed session | none | ${figure(costs.armedBytes)} bytes in Redis |

Assumed: blocks of ${INTERVAL_S} s, one message every ${1 / ACTIVITIES_PER_SECOND} s in each session, both sides together, and no core planned above
${SHARE_OF_A_CORE * 100} %. The costs are those of a busy machine of two cores, where batches are large; the log is that of the activities.

| live sessions | deductions/s | activities/s | API processes | worker processes | Redis: cores, memory | PostgreSQL: cores | its log, MB/s |
|---|---|---|---|---|---|---|---|
${LIVE_SESSIONS.map((live) => lineOf(live, costs)).join('\n')}

An API process and a worker process are one core each at the most. Never run fewer than two of each, whatever the table
says. Where PostgreSQL needs more cores than one server has, or more log than its disk takes, accounts are divided by
patient over several servers: nothing crosses a patient.
`;
}

function lineOf(live: number, costs: MeasuredCosts): string {
  const deductions = live / INTERVAL_S;
  const activities = live * ACTIVITIES_PER_SECOND;
  const cores = (us: number): number => us / 1e6 / SHARE_OF_A_CORE;
  const redisGb = (live * costs.armedBytes) / 1e9;
  const cells = [
    live,
    deductions,
    activities,
    Math.ceil(cores(activities * costs.activityApiUs)),
    Math.ceil(cores(deductions * costs.deductionWorkerUs)),
    `${figure(cores(deductions * costs.deductionRedisUs))}, ${figure(redisGb)} GB`,
    cores(activities * costs.activityPostgresUs + deductions * costs.deductionPostgresUs),
    (activities * costs.activityLogBytes) / 1e6,
  ];
  return `| ${cells.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)).join(' | ')} |`;
}
