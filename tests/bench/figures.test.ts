import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXPERIMENTS } from '../../tools/bench/experiments.ts';
import { faultsOf } from '../../tools/bench/faults.ts';
import { FIGURES_PATH, parseFigures, withExperiment } from '../../tools/bench/figures.ts';
import { documentsOf } from '../../tools/bench/write-documents.ts';
import { experiment, figures, row, run } from './specimens.ts';

const DOCS = join(FIGURES_PATH, '..');

describe('the documents of the bench', () => {
  test('say what the figures say: rendered again they are the same, letter by letter', async () => {
    const documents = await documentsOf(parseFigures(await readFile(FIGURES_PATH, 'utf8')));

    expect([...documents.keys()]).toContain('performance.md');
    for (const [path, text] of documents) expect(await readFile(join(DOCS, path), 'utf8'), path).toBe(text);
  });
});

describe('the experiments', () => {
  test('have names of their own, in the form that the command line takes', () => {
    const names = EXPERIMENTS.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
  });

  test('promise a short run of some minutes, and a full one of less than an hour', () => {
    const short = EXPERIMENTS.filter(({ inShortRun }) => inShortRun);
    const sum = (minutes: readonly number[]) => minutes.reduce((total, one) => total + one, 0);

    expect(sum(short.map(({ minutes }) => minutes.short))).toBeLessThan(15);
    expect(sum(EXPERIMENTS.map(({ minutes }) => minutes.full))).toBeLessThan(60);
  });
});

describe('the figures that are kept', () => {
  const names = ['rate', 'memory'];
  const later = run({ at: '2026-11-23T10:00:00.000Z' });

  test('lose only the experiment that was measured again, and keep the order of the table', () => {
    const before = figures(experiment(), experiment({ name: 'memory', seconds: 1 }));
    const after = withExperiment(before, later, experiment({ run: later.at, seconds: 99 }), names);

    expect(after.experiments.map(({ name, seconds }) => [name, seconds])).toEqual([
      ['rate', 99],
      ['memory', 1],
    ]);
    expect(after.runs.map(({ at }) => at)).toEqual([run().at, later.at]);
  });

  test('forget a run of which nothing is left, and an experiment that is no more', () => {
    const before = figures(experiment(), experiment({ name: 'given-up' }));
    const after = withExperiment(before, later, experiment({ run: later.at }), names);

    expect(after.runs).toEqual([later]);
    expect(after.experiments.map(({ name }) => name)).toEqual(['rate']);
  });

  test('survive being written and read', () => {
    const kept = figures(experiment({ curves: [], notes: ['Once.'] }));

    expect(parseFigures(JSON.stringify(kept))).toEqual(kept);
  });

  test('are refused where something is missing, or is no number', () => {
    const broken = figures(experiment({ rows: [row({ ours: [Number.NaN] })] }));

    expect(() => parseFigures(JSON.stringify(broken))).toThrow('not as the bench writes them');
    expect(() => parseFigures('{"runs": []}')).toThrow('not as the bench writes them');
  });
});

describe('what an experiment hands back', () => {
  test('is taken where every figure is a number', () => {
    expect(faultsOf({ rows: [row()] })).toEqual([]);
  });

  test.each([
    ['it measured nothing', { rows: [] }],
    ['it has no figure', { rows: [row({ ours: [] })] }],
    ['a figure is not a number', { rows: [row({ ours: [Number.NaN] })] }],
    ['a figure is not a number', { rows: [row({ cpuUs: { API: Number.POSITIVE_INFINITY } })] }],
    ['its aim is a ratio, and it has none', { rows: [row({ ratio: null })] }],
    [
      'a point is not a number',
      {
        rows: [],
        curves: [
          { title: 'a', xLabel: '', yLabel: '', series: [{ name: 'b', points: [[1, Number.NaN] as const] }] },
        ],
      },
    ],
  ])('is refused because %s (%j)', (fault, outcome) => {
    expect(faultsOf(outcome).join()).toContain(fault);
  });
});
