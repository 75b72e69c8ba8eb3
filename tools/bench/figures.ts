import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';

const Numbers = Type.Array(Type.Number());

/** What a figure has to reach: the median of the ratios, or the median of our own values. */
const Aim = Type.Object({
  of: Type.Union([Type.Literal('ratio'), Type.Literal('value')]),
  least: Type.Optional(Type.Number()),
  most: Type.Optional(Type.Number()),
});

/** One line of the table: the raw figures of every round, nothing averaged yet. */
const Row = Type.Object({
  what: Type.String(),
  /** What it is measured against, or '–' where nothing is. */
  against: Type.String(),
  /** Of `ours` and `floor`. */
  unit: Type.String(),
  /** One figure a round. */
  ours: Numbers,
  floor: Type.Union([Numbers, Type.Null()]),
  /** Round by round, so that a machine that slows down for a while slows both sides. */
  ratio: Type.Union([Numbers, Type.Null()]),
  aim: Type.Union([Aim, Type.Null()]),
  /** Processor microseconds for each operation, by part: 'API', 'worker', 'PostgreSQL', 'Redis', … */
  cpuUs: Type.Optional(Type.Record(Type.String(), Type.Number())),
  note: Type.Optional(Type.String()),
  /** For who doubts the figures: stays beside them, and is not in the document. */
  details: Type.Optional(Type.String()),
});

/** What the figures were made on. */
const Machine = Type.Object({
  processor: Type.String(),
  cores: Type.Number(),
  memoryGb: Type.Number(),
  system: Type.String(),
  node: Type.String(),
  postgres: Type.String(),
  redis: Type.String(),
  fsyncsPerSecond: Type.Number(),
});

const Experiment = Type.Object({
  name: Type.String(),
  /** When its run began. */
  at: Type.String(),
  rounds: Type.Number(),
  isQuick: Type.Boolean(),
  seconds: Type.Number(),
  /** Why there are no figures; null where there are. */
  failure: Type.Union([Type.String(), Type.Null()]),
  rows: Type.Array(Row),
  machine: Machine,
});

const Figures = Type.Object({ experiments: Type.Array(Experiment) });

export type Aim = Static<typeof Aim>;
export type Row = Static<typeof Row>;
export type Machine = Static<typeof Machine>;
export type Experiment = Static<typeof Experiment>;
/** docs/performance.json: all that docs/performance.md is made of. */
export type Figures = Static<typeof Figures>;

export interface MeasureSettings {
  readonly rounds: number;
  /** Small enough to see in a minute whether it works; the figures say little. */
  readonly isQuick: boolean;
}

export const FIGURES_PATH = join(import.meta.dirname, '../..', 'docs', 'performance.json');

/** @throws where the text is no figures of ours. A number that is none (null, in JSON) is refused too. */
export function parseFigures(text: string): Figures {
  const value: unknown = JSON.parse(text);
  if (!Check(Figures, value)) throw new Error('the figures are not as the bench writes them');
  return value;
}

/** Nothing, where the bench never ran. */
export async function readFigures(): Promise<Figures> {
  const text = await readFile(FIGURES_PATH, 'utf8').catch(() => null);
  return text === null ? { experiments: [] } : parseFigures(text);
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
export function withExperiment(figures: Figures, measured: Experiment, names: readonly string[]): Figures {
  const others = figures.experiments.filter(({ name }) => name !== measured.name);
  const experiments = [...others, measured]
    .filter(({ name }) => names.includes(name))
    .toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  return { experiments };
}

/** What is wrong with the rows of an experiment, in words; empty where nothing is. */
export function flawsOf(rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return ['it measured nothing'];
  return rows.flatMap(({ what, against, ours, floor, ratio, aim, cpuUs = {} }) => {
    const checks: readonly (readonly [boolean, string])[] = [
      [ours.length > 0, 'it has no figure'],
      [
        [ours, floor ?? [], ratio ?? [], Object.values(cpuUs)].flat().every(Number.isFinite),
        'a figure is not a number',
      ],
      [ratio === null || ratio.length > 0, 'it has no ratio'],
      [aim?.of !== 'ratio' || ratio !== null, 'its aim is a ratio, and it has none'],
    ];
    return checks.filter(([isRight]) => !isRight).map(([, flaw]) => `${what} (${against}): ${flaw}`);
  });
}
