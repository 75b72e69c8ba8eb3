import type { Figures, MeasuredExperiment, Run } from '../figures.ts';
import type { Curve, Row } from '../row.ts';
import { figure } from './figure.ts';
import { HOW_TO_READ } from './how-to-read.ts';
import { pictureName } from './picture-name.ts';
import { tableOf } from './table.ts';
import { titleOf, verdictOf } from './verdict.ts';

/** docs/performance.md, whole. Made of the figures and of what was written by hand, and of nothing else. */
export function renderReport(figures: Figures, limits: ReadonlyMap<string, string>): string {
  const { experiments, runs } = figures;
  const rows = experiments.flatMap((experiment) => experiment.rows);
  const curves = experiments.flatMap((experiment) => experiment.curves ?? []);
  const sections = [
    intro,
    runs.map((run) => machineOf(run, experiments, runs.length > 1)).join('\n\n'),
    failures(experiments),
    tableOf(rows),
    summary(rows),
    limitsOf(rows, limits),
    HOW_TO_READ,
    notesOf(experiments),
    ...(curves.length === 0 ? [] : ['## Pictures', ...curves.map(pictureOf)]),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const intro = `# Performance

Made by \`npm run bench -- --full\` and by nothing else: the raw figures of every round are in
[performance.json](performance.json), and \`npm run bench -- --render\` makes this file and its pictures of them again.
Everything runs on one machine, the load generator and the databases included. Absolute figures say more about that
machine than about the engine; the ratios, taken round by round in turn, are what to read.`;

function machineOf(run: Run, experiments: readonly MeasuredExperiment[], isOneOfMany: boolean): string {
  const { machine } = run;
  const { fsync } = machine;
  const names = experiments.filter((experiment) => experiment.run === run.at).map(({ name }) => name);
  return [
    `Measured on ${run.at.slice(0, 10)}, ${run.rounds} rounds, ${run.scale} run${isOneOfMany ? ` (${names.join(', ')})` : ''}:`,
    '',
    '| | |',
    '|---|---|',
    `| machine | ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system} |`,
    `| disk | ${machine.fileSystem}; ${figure(fsync.perSecond)} fsyncs a second of 8 kB, p50 ${figure(fsync.p50Us)} µs, p99 ${figure(fsync.p99Us)} µs |`,
    `| programs | Node ${machine.node}, PostgreSQL ${machine.postgres}, Redis ${machine.redis} |`,
  ].join('\n');
}

function failures(experiments: readonly MeasuredExperiment[]): string {
  const failed = experiments.filter(({ failure }) => failure !== null);
  if (failed.length === 0) return '';
  const lines = failed.map(({ name, failure }) => `- ${name}: ${failure}`);
  return `**Failed, and so without figures:**\n\n${lines.join('\n')}`;
}

function summary(rows: readonly Row[]): string {
  const verdicts = rows.map(verdictOf);
  const [met, missed] = [verdicts.filter((one) => one === 'met'), verdicts.filter((one) => one === 'missed')];
  return `${met.length} of ${met.length + missed.length} aims are met, judged by the medians.`;
}

function limitsOf(rows: readonly Row[], limits: ReadonlyMap<string, string>): string {
  const missed = rows.filter((row) => verdictOf(row) === 'missed').map(titleOf);
  if (missed.length === 0) return '';
  const parts = [...new Set(missed)].map(
    (title) => `### ${title}\n\n${limits.get(title) ?? 'Nothing has been written about this yet.'}`,
  );
  return ['## What limits what missed its aim', ...parts].join('\n\n');
}

function notesOf(experiments: readonly MeasuredExperiment[]): string {
  const notes = experiments.flatMap((experiment) => [
    ...experiment.rows.flatMap((row) => (row.note === undefined ? [] : [`- ${titleOf(row)}: ${row.note}`])),
    ...(experiment.notes ?? []).map((note) => `- ${experiment.name}: ${note}`),
  ]);
  return notes.length === 0 ? '' : `## Notes to the rows\n\n${notes.join('\n')}`;
}

function pictureOf(curve: Curve): string {
  const caption = curve.caption === undefined ? '' : `\n\n${curve.caption}`;
  return `![${curve.title}](pictures/${pictureName(curve)})${caption}`;
}
