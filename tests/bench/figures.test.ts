import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../tools/bench/arguments.ts';
import { EXPERIMENTS } from '../../tools/bench/experiments.ts';
import { FIGURES_PATH, flawsOf, parseFigures, withExperiment } from '../../tools/bench/figures.ts';
import { renderReport } from '../../tools/bench/report.ts';
import { experiment, figures, row } from './specimens.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('docs/performance.md', () => {
  test('says what the figures say: rendered again it is the same, letter by letter', async () => {
    const limits = await readFile(join(ROOT, 'tools/bench/limits.md'), 'utf8');
    const text = renderReport(parseFigures(await readFile(FIGURES_PATH, 'utf8')), limits);

    expect(await readFile(join(ROOT, 'docs/performance.md'), 'utf8')).toBe(text);
  });
});

describe('the experiments of the bench', () => {
  test('have names of their own, in the form that the command line takes', () => {
    const names = EXPERIMENTS.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
  });

  test('take less than forty minutes together', () => {
    expect(EXPERIMENTS.reduce((sum, { minutes }) => sum + minutes, 0)).toBeLessThan(40);
  });
});

describe('the figures that are kept', () => {
  const names = ['rate', 'memory'];

  test('lose the experiment that was measured again and one that is no more, and keep the order of the table', () => {
    const before = figures(
      experiment(),
      experiment({ name: 'memory', seconds: 1 }),
      experiment({ name: 'gone' }),
    );
    const after = withExperiment(before, experiment({ seconds: 99 }), names);

    expect(after.experiments.map(({ name, seconds }) => [name, seconds])).toEqual([
      ['rate', 99],
      ['memory', 1],
    ]);
  });

  test('survive being written and read, and are refused where something is missing or is no number', () => {
    const kept = figures(experiment());
    const broken = figures(experiment({ rows: [row({ ours: [Number.NaN] })] }));

    expect(parseFigures(JSON.stringify(kept))).toEqual(kept);
    expect(() => parseFigures(JSON.stringify(broken))).toThrow('not as the bench writes them');
    expect(() => parseFigures('{}')).toThrow('not as the bench writes them');
  });

  test.each([
    ['it measured nothing', []],
    ['it has no figure', [row({ ours: [] })]],
    ['a figure is not a number', [row({ ours: [Number.NaN] })]],
    ['a figure is not a number', [row({ cpuUs: { API: Number.POSITIVE_INFINITY } })]],
    ['its aim is a ratio, and it has none', [row({ ratio: null })]],
  ])('are not taken from an experiment because %s (%j)', (flaw, rows) => {
    expect(flawsOf([row()])).toEqual([]);
    expect(flawsOf(rows).join()).toContain(flaw);
  });
});

describe('the command line of the bench', () => {
  const parse = (...argv: string[]) => parseArguments(argv, ['rate', 'memory']);

  test('means everything in three rounds where it says nothing', () => {
    expect(parse()).toEqual({ kind: 'run', isQuick: false, only: null, rounds: 3, isRenderOnly: false });
  });

  test('says how much, how often and what, or asks for the document alone, or for help', () => {
    expect(parse('--quick', '--rounds', '2', '--only', 'memory,rate')).toMatchObject({
      isQuick: true,
      only: ['memory', 'rate'],
      rounds: 2,
    });
    expect(parse('--render')).toMatchObject({ isRenderOnly: true });
    expect(parse('--help')).toEqual({ kind: 'help' });
  });

  test.each([
    [['--rounds', '0'], '--rounds must be'],
    [['--rounds', '1.5'], '--rounds must be'],
    [['--only', 'memory,speed'], 'there is no experiment speed; there are rate, memory'],
    [['--ful'], '--ful'],
    [['memory'], 'memory'],
  ])('is refused with what is wrong about %j', (argv, message) => {
    expect(parse(...argv)).toEqual({ kind: 'mistake', message: expect.stringContaining(message) });
  });
});
