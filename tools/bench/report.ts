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
    markdownTable(
      COLUMNS,
      rows.map((row, index) => cellsOf(row, rows[index - 1])),
    ).join('\n'),
    summaryOf(rows),
    limits.trim(),
    HOW_TO_READ,
    notesOf(rows),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const INTRODUCTION = `# Performance

Made by \`npm run bench\` and by nothing else: the figures of every round, and what each peer cost, are in
[performance.json](performance.json), and \`npm run bench -- --render\` makes this file of them again. Everything runs on one machine, the load generator and the
databases included. Absolute figures say more about that machine than about the engine; the ratios, taken round by round in
turn, are what to read.`;

const HOW_TO_READ = `## How to read it

- **ours** and **floor** are medians of the rounds, (lowest to highest); the two take turns in each round, and the **ratio** is
  taken round by round. **met** or **missed** is computed from the medians and the aim.
- **processor time** is what our processes used for each operation (\`/proc\`). Other work changes rates, but hardly this.
- **activities**: \`update-activity\` over HTTP with token, schema and a commit to disk, from 64 connections over 4,096 live
  sessions. **pgbench**: the same server and settings. **The same route doing nothing**: the same program over an engine that
  answers at once. The load generator shares the cores; nothing was subtracted for it.
- **Latencies** under a given rate count from when a request was due (no coordinated omission).
- **deductions**: sessions whose block has just ended, a worker started, the list of done jobs full. **no-op jobs**: as many
  BullMQ jobs on the same queue server, whose handler does nothing.
- **peers**: what people would build instead, over our tables, indexes and triggers, so that the database guards each against
  a double charge: the tutorial way (Prisma and BullMQ, an interactive transaction a request), a sweep every minute, pg-boss and
  graphile-worker, each set up as its own documentation recommends (\`tools/bench/peers\`). They have fewer rules and no log.
- **Redis** runs with \`hz 100\`. After every experiment the charges are counted; one whose ledger is not exact has no figures.`;

const COLUMNS: readonly Column[] = [
  { title: 'what', align: 'left' },
  { title: 'against', align: 'left' },
  { title: 'ours', align: 'left' },
  { title: 'floor', align: 'left' },
  { title: 'ratio', align: 'left' },
  { title: 'aim', align: 'left' },
  { title: 'processor time each, µs', align: 'left' },
];

/** What a row shares with the one before is not said again. */
function cellsOf(row: Row, before: Row | undefined): readonly string[] {
  const { what, against, unit, ours, floor, ratio, aim, cpuUs } = row;
  const isSame = before !== undefined && before.what === what && before.ours.join() === ours.join();
  return [
    isSame ? '' : what,
    against,
    isSame ? '' : medianOf(ours, unit) + rangeOf(ours),
    floor === null ? '' : medianOf(floor, unit),
    ratio === null ? '' : `**${figure(spread(ratio).median)}**${rangeOf(ratio)}`,
    aim === null ? '' : `${aimInWords(aim, unit)}: ${verdictOf(row) === 'met' ? 'met' : '**missed**'}`,
    isSame || cpuUs === undefined
      ? ''
      : Object.entries(cpuUs)
          .map(([part, us]) => `${part} ${figure(us)}`)
          .join(', '),
  ];
}

const medianOf = (values: readonly number[], unit: string): string =>
  `${figure(spread(values).median)}${unit === '' ? '' : ` ${unit}`}`;

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

/** A line for each day, number of rounds and machine; how fast the disk was differs from run to run. */
function machinesOf(experiments: readonly Experiment[]): string {
  const runs = Map.groupBy(experiments, ({ at, rounds, machine: { fsyncsPerSecond: _disk, ...machine } }) =>
    JSON.stringify([at.slice(0, 10), rounds, machine]),
  );
  return [...runs.values()]
    .flatMap((own) => {
      const [first] = own;
      if (first === undefined) return [];
      const { processor, cores, memoryGb, system, node, postgres, redis } = first.machine;
      const which = runs.size === 1 ? '' : ` (${own.map(({ name }) => name).join(', ')})`;
      const { min, max } = spread(own.map(({ machine }) => machine.fsyncsPerSecond));
      const disk = min === max ? figure(min) : `${figure(min)} to ${figure(max)}`;
      return [
        `Measured on ${first.at.slice(0, 10)}${which}, ${first.rounds} rounds, on ${processor}, ${cores} cores, ${memoryGb} GB, ` +
          `${system}; ${disk} fsyncs a second of 8 kB; Node ${node}, PostgreSQL ${postgres}, Redis ${redis}.`,
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

/** What a peer cost is for who doubts the figures, and stays beside them; that its ledger was wrong is for everybody. */
function notesOf(rows: readonly Row[]): string {
  const notes = rows.flatMap(({ what, against, note }) =>
    note === undefined || (against.startsWith('peer: ') && !note.includes('Wrong afterwards'))
      ? []
      : [`- ${against === '–' ? what : `${what} / ${against}`}: ${note}`],
  );
  return notes.length === 0 ? '' : `## Notes to the rows\n\n${notes.join('\n')}`;
}
