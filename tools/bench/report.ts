import { markdownTable, type Column } from '../kit/table.ts';
import type { Aim, Experiment, Figures, Row } from './figures.ts';
import { figure, median, spread } from './statistics.ts';

export type Verdict = 'met' | 'missed' | 'no aim';

/** docs/performance.md, whole: made of the figures and of `limits`, which is written by hand. */
export function renderReport({ experiments }: Figures, limits: string): string {
  const rows = experiments.flatMap((experiment) => experiment.rows);
  const footnotes = createFootnotes();
  const sections = [
    INTRODUCTION,
    machinesOf(experiments),
    failuresOf(experiments),
    summaryOf(rows),
    tableOf(rows.filter(isCompared), footnotes),
    listOf(
      rows.filter((row) => !isCompared(row)),
      footnotes,
    ),
    limits.trim(),
    HOW_TO_READ,
    footnotes.all().join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const INTRODUCTION = `# Performance

Made by \`npm run bench\` and by nothing else. Load generator and databases share one machine with us, and nothing was
subtracted for them: absolute figures say more about that machine than about the engine, and the ratios are what to read. The
figures of every round, what each peer cost and each question of the console are in [performance.json](performance.json).`;

const HOW_TO_READ = `## How to read it

- **ours** and **floor** are medians of the rounds. They take turns, and the **ratio** is taken round by round (lowest to
  highest).
- **µs each** is the processor time of our processes for each operation. Other work changes rates, but hardly this.
- **activities**: \`update-activity\` over HTTP with token, schema and a commit to disk, from 64 connections over 4,096 live
  sessions. **pgbench**: the same server and settings. **The same route doing nothing**: the same program over an engine that
  answers at once.
- **Latencies** under a given rate count from when a request was due (no coordinated omission).
- **deductions**: sessions whose block ended ten seconds ago, and one worker that is started then, with 400 alarms in flight and
  the list of done jobs full. Its processor time is that from its start until no alarm waits. **No-op jobs** and **bare jobs**:
  as many of the same kind, kept as ours are, whose handler does nothing.
- **console**: the p95 of 100 each.
- **peers**: what people would build instead, over our tables, indexes and triggers: the tutorial way (Prisma and BullMQ, an
  interactive transaction a request), a sweep every minute, pg-boss and graphile-worker, each set up as its own documentation
  recommends (\`tools/bench/peers\`). They have fewer rules and no log.
- **Redis** runs with \`hz 100\`. After every experiment the charges are counted; one whose ledger is not exact has no figures.`;

const COLUMNS: readonly Column[] = [
  { title: 'what', align: 'left' },
  { title: 'against', align: 'left' },
  { title: 'ours', align: 'left' },
  { title: 'floor', align: 'left' },
  { title: 'ratio', align: 'left' },
  { title: 'aim', align: 'left' },
];

/** A row that stands beside something. Others are held to an aim alone. */
type Compared = Row & { readonly floor: readonly number[] };

const isCompared = (row: Row): row is Compared => row.floor !== null;

const tableOf = (rows: readonly Compared[], footnotes: Footnotes): string =>
  markdownTable(
    COLUMNS,
    rows.map((row, index) => cellsOf(row, rows[index - 1], footnotes)),
  ).join('\n');

/** What a row shares with the one before is not said again. */
function cellsOf(row: Compared, before: Compared | undefined, footnotes: Footnotes): readonly string[] {
  const { what, against, unit, ours, floor, ratio } = row;
  const isSame = before !== undefined && before.what === what && before.ours.join() === ours.join();
  const mark = footnotes.mark(isSame ? noteOf(row) : `${costOf(row)} ${noteOf(row)}`);
  return [
    isSame ? '' : `${what}${mark}`,
    isSame ? `${against}${mark}` : against,
    isSame ? '' : medianOf(ours, unit) + (ratio === null ? rangeOf(ours) : ''),
    medianOf(floor, unit),
    ratio === null ? '' : `**${figure(spread(ratio).median)}**${rangeOf(ratio)}`,
    verdictInWords(row),
  ];
}

/** A row without a floor in a line. */
const listOf = (rows: readonly Row[], footnotes: Footnotes): string =>
  rows
    .map((row) => {
      const mark = footnotes.mark(`${costOf(row)} ${noteOf(row)}`);
      const verdict = row.aim === null ? '' : `, ${verdictInWords(row)}`;
      return `- ${row.what}${mark}: ${medianOf(row.ours, row.unit)}${rangeOf(row.ours)}${verdict}`;
    })
    .join('\n');

const verdictInWords = (row: Row): string =>
  row.aim === null
    ? ''
    : `${aimInWords(row.aim, row.unit)}: ${verdictOf(row) === 'met' ? 'met' : '**missed**'}`;

const noteOf = ({ note = '' }: Row): string => note;

function costOf({ cpuUs }: Row): string {
  if (cpuUs === undefined) return '';
  const parts = Object.entries(cpuUs).map(([part, us]) => `${part} ${figure(us)}`);
  return `µs each: ${parts.join(', ')}.`;
}

interface Footnotes {
  /** What refers to this text; nothing where there is none. The same text is one footnote. */
  mark(text: string): string;
  all(): readonly string[];
}

function createFootnotes(): Footnotes {
  const texts: string[] = [];
  return {
    mark(text) {
      const trimmed = text.trim();
      if (trimmed === '') return '';
      if (!texts.includes(trimmed)) texts.push(trimmed);
      return `[^${texts.indexOf(trimmed) + 1}]`;
    },
    all: () => texts.map((text, index) => `[^${index + 1}]: ${text}`),
  };
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

/** A machine, and a line for each day and number of rounds on it; how fast the disk was differs from run to run. */
function machinesOf(experiments: readonly Experiment[]): string {
  const machines = Map.groupBy(experiments, ({ machine: { fsyncsPerSecond: _disk, ...machine } }) =>
    JSON.stringify(machine),
  );
  return [...machines.values()]
    .flatMap((own) => {
      const [first] = own;
      if (first === undefined) return [];
      const { processor, cores, memoryGb, system, node, postgres, redis } = first.machine;
      return [
        `Measured on ${processor}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}, PostgreSQL ${postgres}, ` +
          `Redis ${redis}:\n\n${runsOf(own).join('\n')}`,
      ];
    })
    .join('\n\n');
}

function runsOf(experiments: readonly Experiment[]): readonly string[] {
  const runs = Map.groupBy(experiments, ({ at, rounds }) => JSON.stringify([at.slice(0, 10), rounds]));
  const bySize = [...runs.values()].toSorted((a, b) => a.length - b.length);
  return bySize.flatMap((own, index) => {
    const [first] = own;
    if (first === undefined) return [];
    const { min, max } = spread(own.map(({ machine }) => machine.fsyncsPerSecond));
    const disk = min === max ? figure(min) : `${figure(min)} to ${figure(max)}`;
    const rounds = `${first.rounds} ${first.rounds === 1 ? 'round' : 'rounds'}`;
    const others = bySize.length === 1 ? 'all' : 'all others';
    const names = index === bySize.length - 1 ? others : own.map(({ name }) => name).join(', ');
    return [`- ${first.at.slice(0, 10)}, ${rounds}, ${disk} fsyncs a second of 8 kB: ${names}`];
  });
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
