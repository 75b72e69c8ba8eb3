import { availableParallelism, cpus } from 'node:os';
import type { LoadRound } from './activities.ts';
import type { DeductionRound } from './deductions.ts';
import type { NoopRound } from './noop-jobs.ts';
import { median, ratios, type Spread, spread } from './ratio.ts';

export interface Measured {
  readonly activities: readonly LoadRound[];
  readonly pgbench: readonly { readonly perSecond: number }[];
  readonly idle: readonly LoadRound[];
  readonly halfRate: LoadRound & { readonly rate: number };
  readonly deductions: readonly DeductionRound[];
  readonly noops: readonly NoopRound[];
}

export interface BenchSettings {
  readonly rounds: number;
  readonly seconds: number;
  readonly clients: number;
  readonly sessions: number;
  readonly backlog: number;
  readonly concurrency: number;
}

/** docs/performance.md, whole: made by `npm run bench` and by nothing else. */
export function renderReport(measured: Measured, settings: BenchSettings): string {
  const { activities, pgbench, idle, halfRate, deductions, noops } = measured;
  const rates = (rounds: readonly { readonly perSecond: number }[]) =>
    rounds.map(({ perSecond }) => perSecond);
  const us = (part: keyof DeductionRound['cpuUs']) =>
    Math.round(median(deductions.map(({ cpuUs }) => cpuUs[part])));
  const rows = [
    row('activities ÷ pgbench', rates(activities), rates(pgbench), '1.0'),
    row('activities ÷ the route alone', rates(activities), rates(idle), '0.5'),
    row('deductions ÷ no-op jobs', rates(deductions), rates(noops), '0.5'),
  ];
  return `# Performance

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, and by nothing else: run it again and this file is
written anew. Everything is measured in one run on one machine (${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'},
Node ${process.version}), the load generator and the databases included. Absolute figures say more about that machine
than about the engine; the ratios are what to read.

| what | ours /s | floor /s | ratio | range of the rounds | aim |
|---|---|---|---|---|---|
${rows.join('\n')}

- Activities at half of the maximum (${halfRate.rate}/s): p50 ${halfRate.p50Ms} ms, p99 ${halfRate.p99Ms} ms.
- Scripts that Redis ran per session and interval, whoever asked for them: ${median(deductions.map(({ queueOperations }) => queueOperations)).toFixed(2)}.
  It is one that puts the alarm back to sleep and fetches the next. An activity asks for none.
- Processor time per deduction: worker ${us('worker')} µs, PostgreSQL ${us('postgres')} µs, Redis ${us('redis')} µs. Per no-op job: worker ${rounded(noops.map(({ cpuUs }) => cpuUs))} µs.
  (With the start of the worker's process.)

${verdict(ratios(rates(deductions), rates(noops)).median, us('worker') + us('postgres') + us('redis'))}

## How to read it

- **activities**: \`POST /api/text-appointments/update-activity\` through HTTP, with a token, a schema and a commit to
  disk before the answer, by ${settings.clients} clients, each with sessions of its own out of ${settings.sessions}, as fast as they are answered, for
  ${settings.seconds} s a round.
- **pgbench**: PostgreSQL's own benchmark on the same server: the same one row, found by its key, its time changed, one
  transaction each, prepared, with the same number of clients.
- **the route alone**: the same program, the same route, token and schema, over an engine that answers at once.
- **deductions**: ${settings.backlog} sessions whose first block has just ended and whose alarms wait in Redis; a worker process with
  ${settings.concurrency} alarms in hand at a time is started. Counted in the database, from the first deduction to the last: ledger entry, audit
  line, balance, session and next alarm. After each round the ledger is checked: one charge a session, every balance the
  sum of its entries.
- **no-op jobs**: as many BullMQ jobs on the same Redis, a worker of the same concurrency, a handler that does nothing.
- A ratio is taken round by round (${settings.rounds} rounds, the two sides in turn); the table has the median and the range.
- Latencies at half rate are counted from when a request was due, so waiting behind a slow one counts.
`;
}

/** What stands between the deductions and their aim, where they miss it. */
function verdict(ratio: number, usPerDeduction: number): string {
  if (ratio >= 0.5) return 'Every aim is met.';
  const cores = availableParallelism();
  const most = Math.floor((cores * 1_000_000) / usPerDeduction);
  return `## Why the deductions miss their aim

A deduction is a lock, a read, five rows and a commit to disk, and the alarm's job as well; a no-op job is the last of
these alone. Together they take ${usPerDeduction} µs of processor time, and ${cores} cores have no more than ${cores * 1_000_000} µs in a second: ${most} deductions
a second are all that this machine could do at this price, even if nothing ever waited, while the no-op worker has a core
to itself. What was
tried: one script of Redis for each alarm instead of two, a sweep that works from the other end of a backlog so that no
session is looked at twice, and more alarms in hand for larger batches; all three are in. Taking off the foreign keys
and the list indexes of the ledger gained little, so they stayed.`;
}

function row(name: string, ours: readonly number[], floor: readonly number[], aim: string): string {
  const ratio: Spread = ratios(ours, floor);
  const range = `${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}`;
  return `| ${name} | ${rounded(ours)} | ${rounded(floor)} | **${ratio.median.toFixed(2)}** | ${range} | ≥ ${aim} |`;
}

const rounded = (values: readonly number[]): string => String(Math.round(spread(values).median));
