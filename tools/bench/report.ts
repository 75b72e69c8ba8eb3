import { markdownTable, type Column } from '../kit/table.ts';
import type { Aim, Experiment, Figures, Row } from './figures.ts';
import { figure, median, spread } from './statistics.ts';

export type Verdict = 'met' | 'missed' | 'no aim';

/** docs/performance.md, whole: made of the figures and of `limits`, which is written by hand. */
export function renderReport({ experiments }: Figures, limits: string): string {
  const rows = experiments.flatMap((experiment) => experiment.rows);
  const sections = [
    INTRODUCTION,
    machinesOf(experiments),
    failuresOf(experiments),
    markdownTable(COLUMNS, rows.map(cellsOf)).join('\n'),
    summaryOf(rows),
    limits.trim(),
    HOW_TO_READ,
    notesOf(rows),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const INTRODUCTION = `# Performance

Made by \`npm run bench\` and by nothing else: the raw figures of every round are in [performance.json](performance.json),
and \`npm run bench -- --render\` makes this file of them again. Everything runs on one machine, the load generator and the
databases included. Absolute figures say more about that machine than about the engine; the ratios, taken round by round in
turn, are what to read.`;

const HOW_TO_READ = `## How to read it

- **ours** and **floor** are the medians of the rounds, with the lowest and the highest. The two sides take turns within
  a round, and the **ratio** is taken round by round: a machine that slows down for a while slows both.
- **met** or **missed** is computed from the medians and the aim.
- **processor time** is what the processes used for each operation by the system's own accounting (\`/proc\`), ours, not
  the floor's. Other work on the machine changes rates, but hardly this. PostgreSQL is all its processes together.
- **activities**: \`POST /api/text-appointments/update-activity\` over HTTP, with a token, a schema and a commit to disk
  before the answer, from 64 connections over 4,096 live sessions, each request sent as soon as the last was answered.
- **pgbench**: PostgreSQL's own benchmark on the same server and settings (\`fsync\` and \`synchronous_commit\` on), with
  prepared statements and as many connections.
- **the same route doing nothing**: the same program, route, token and schema over an engine that answers at once.
- **The load generator** is a small one of our own, in the bench's own process and on the same cores. What it costs stands
  beside each rate; nothing was subtracted for it, on either side.
- **Latencies** under a given rate count from the instant at which a request was due, whether or not a connection was
  free then, so that waiting behind a slow answer counts (no coordinated omission).
- **deductions**: sessions whose first block has just ended, all alarms waiting in the queue, and a worker process is
  started. Counted in the database, between the first batch and the last. The list of done jobs is full before.
- **no-op jobs**: as many BullMQ jobs on the same queue server, a worker of the same concurrency, a handler that does
  nothing.
- **Redis** runs with \`hz 100\`, as in docker-compose.yml: it looks that often for waits that have ended.
- After every experiment the charges are counted, and where it says so the product's auditor recomputes everything. An
  experiment whose ledger is not exact has no figures.
- **WAL** is the distance that PostgreSQL's log went on; a round of warming up before it writes the whole pages that follow
  a checkpoint.
- **memory** is resident memory, once a second. Under full load activities come as fast as they are answered, in sessions
  of four-second blocks, so that the worker has a thousand deductions to do each second.`;

const COLUMNS: readonly Column[] = [
  { title: 'what', align: 'left' },
  { title: 'against', align: 'left' },
  { title: 'ours', align: 'left' },
  { title: 'floor', align: 'left' },
  { title: 'ratio', align: 'left' },
  { title: 'aim', align: 'left' },
  { title: '', align: 'left' },
  { title: 'processor time each, µs', align: 'left' },
];

function cellsOf(row: Row): readonly string[] {
  const { what, against, unit, ours, floor, ratio, aim, cpuUs } = row;
  return [
    what,
    against,
    spreadOf(ours, unit),
    floor === null ? '–' : spreadOf(floor, unit),
    ratio === null ? '–' : `**${figure(spread(ratio).median)}**${rangeOf(ratio)}`,
    aim === null ? '–' : aimInWords(aim, unit),
    { met: 'met', missed: '**missed**', 'no aim': '' }[verdictOf(row)],
    cpuUs === undefined
      ? '–'
      : Object.entries(cpuUs)
          .map(([part, us]) => `${part} ${figure(us)}`)
          .join(', '),
  ];
}

const spreadOf = (values: readonly number[], unit: string): string =>
  `${figure(spread(values).median)}${unit === '' ? '' : ` ${unit}`}${rangeOf(values)}`;

/** The lowest and the highest round; nothing where there was one round only. */
function rangeOf(values: readonly number[]): string {
  const { min, max } = spread(values);
  return values.length < 2 ? '' : ` (${figure(min)} to ${figure(max)})`;
}

export function aimInWords({ of, least, most }: Aim, unit: string): string {
  const suffix = of === 'ratio' || unit === '' ? '' : ` ${unit}`;
  const bounds = [
    ...(least === undefined ? [] : [`≥ ${figure(least)}`]),
    ...(most === undefined ? [] : [`≤ ${figure(most)}`]),
  ];
  return `${of === 'ratio' ? 'ratio ' : ''}${bounds.join(' and ')}${suffix}`;
}

/** By the medians; a bound that is reached is met. A row whose figures cannot be judged has missed. */
export function verdictOf({ aim, ratio, ours }: Row): Verdict {
  if (aim === null) return 'no aim';
  const judged = median(aim.of === 'ratio' ? (ratio ?? []) : ours);
  return judged >= (aim.least ?? -Infinity) && judged <= (aim.most ?? Infinity) ? 'met' : 'missed';
}

function machinesOf(experiments: readonly Experiment[]): string {
  const runs = Map.groupBy(experiments, ({ at }) => at);
  return [...runs]
    .flatMap(([at, own]) => {
      const [first] = own;
      if (first === undefined) return [];
      const { processor, cores, memoryGb, system, node, postgres, redis, fsyncsPerSecond } = first.machine;
      const which = runs.size === 1 ? '' : ` (${own.map(({ name }) => name).join(', ')})`;
      return [
        `Measured on ${at.slice(0, 10)}${which}, ${first.rounds} rounds, on ${processor}, ${cores} cores, ${memoryGb} GB, ` +
          `${system}; ${figure(fsyncsPerSecond)} fsyncs a second of 8 kB; Node ${node}, PostgreSQL ${postgres}, Redis ${redis}.`,
      ];
    })
    .join('\n\n');
}

function failuresOf(experiments: readonly Experiment[]): string {
  const failed = experiments.filter(({ failure }) => failure !== null);
  if (failed.length === 0) return '';
  const lines = failed.map(({ name, failure }) => `- ${name}: ${failure}`);
  return `**Failed, and so without figures:**\n\n${lines.join('\n')}`;
}

function summaryOf(rows: readonly Row[]): string {
  const verdicts = rows.map(verdictOf);
  const [met, missed] = [verdicts.filter((one) => one === 'met'), verdicts.filter((one) => one === 'missed')];
  return `${met.length} of ${met.length + missed.length} aims are met, judged by the medians.`;
}

function notesOf(rows: readonly Row[]): string {
  const notes = rows.flatMap(({ what, against, note }) =>
    note === undefined ? [] : [`- ${against === '–' ? what : `${what} / ${against}`}: ${note}`],
  );
  return notes.length === 0 ? '' : `## Notes to the rows\n\n${notes.join('\n')}`;
}
