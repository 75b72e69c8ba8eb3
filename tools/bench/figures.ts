import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import type { Machine } from './machine.ts';
import type { Experiment } from './row.ts';

/** One call of the bench. */
export interface Run {
  /** When it began, and what experiments call it by. */
  readonly at: string;
  readonly scale: 'short' | 'full';
  readonly rounds: number;
  readonly machine: Machine;
}

export interface MeasuredExperiment extends Experiment {
  readonly run: string;
  readonly seconds: number;
  /** What went wrong, and so there are no figures; null where nothing did. */
  readonly failure: string | null;
}

/** docs/performance.json: all that the document and the pictures are made of. */
export interface Figures {
  readonly runs: readonly Run[];
  readonly experiments: readonly MeasuredExperiment[];
}

export const FIGURES_PATH = join(import.meta.dirname, '../..', 'docs', 'performance.json');

const numbers = Type.Array(Type.Number());
const row = Type.Object({
  what: Type.String(),
  against: Type.String(),
  unit: Type.String(),
  ours: numbers,
  floor: Type.Union([numbers, Type.Null()]),
  ratio: Type.Union([numbers, Type.Null()]),
  aim: Type.Union([
    Type.Object({
      of: Type.Union([Type.Literal('ratio'), Type.Literal('value')]),
      least: Type.Optional(Type.Number()),
      most: Type.Optional(Type.Number()),
    }),
    Type.Null(),
  ]),
  cpuUs: Type.Optional(Type.Record(Type.String(), Type.Number())),
  note: Type.Optional(Type.String()),
});
const curve = Type.Object({
  title: Type.String(),
  caption: Type.Optional(Type.String()),
  xLabel: Type.String(),
  yLabel: Type.String(),
  logX: Type.Optional(Type.Boolean()),
  logY: Type.Optional(Type.Boolean()),
  series: Type.Array(
    Type.Object({ name: Type.String(), points: Type.Array(Type.Tuple([Type.Number(), Type.Number()])) }),
  ),
});
const machine = Type.Object({
  processor: Type.String(),
  cores: Type.Number(),
  memoryGb: Type.Number(),
  system: Type.String(),
  node: Type.String(),
  postgres: Type.String(),
  redis: Type.String(),
  fsync: Type.Object({ perSecond: Type.Number(), p50Us: Type.Number(), p99Us: Type.Number() }),
  fileSystem: Type.String(),
});
const schema = Type.Object({
  runs: Type.Array(
    Type.Object({
      at: Type.String(),
      scale: Type.Union([Type.Literal('short'), Type.Literal('full')]),
      rounds: Type.Number(),
      machine,
    }),
  ),
  experiments: Type.Array(
    Type.Object({
      name: Type.String(),
      run: Type.String(),
      seconds: Type.Number(),
      failure: Type.Union([Type.String(), Type.Null()]),
      rows: Type.Array(row),
      curves: Type.Optional(Type.Array(curve)),
      notes: Type.Optional(Type.Array(Type.String())),
    }),
  ),
});

/** @throws where the text is no figures of ours. A number that is none (null, in JSON) is refused too. */
export function parseFigures(text: string): Figures {
  const value: unknown = JSON.parse(text);
  if (!Check(schema, value)) throw new Error('the figures are not as the bench writes them');
  const figures: Static<typeof schema> = value;
  return figures;
}

/** Nothing, where the bench never ran. */
export async function readFigures(): Promise<Figures> {
  const text = await readFile(FIGURES_PATH, 'utf8').catch(() => null);
  return text === null ? { runs: [], experiments: [] } : parseFigures(text);
}

/** @throws where a figure is not a number: then nothing is written. */
export async function writeFigures(figures: Figures): Promise<void> {
  const text = JSON.stringify(figures, sixDigits, 1);
  parseFigures(text);
  await writeFile(FIGURES_PATH, `${withNumbersInLine(text)}\n`);
}

/** More digits than the measurement has only make the file long. */
const sixDigits = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(6)) : value;

/** A list of numbers is one line, not one for each. */
const withNumbersInLine = (json: string): string =>
  json.replaceAll(/\[[\s\d.,eE+-]+\]/g, (list) => list.replaceAll(/\s+/g, ' '));

/** The experiment takes the place of its last measurement; the order is that of `names`. */
export function withExperiment(
  figures: Figures,
  run: Run,
  measured: MeasuredExperiment,
  names: readonly string[],
): Figures {
  const others = figures.experiments.filter(({ name }) => name !== measured.name);
  const experiments = [...others, measured]
    .filter(({ name }) => names.includes(name))
    .toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  const used = new Set(experiments.map((experiment) => experiment.run));
  const runs = [...figures.runs.filter(({ at }) => at !== run.at), run].filter(({ at }) => used.has(at));
  return { runs, experiments };
}
