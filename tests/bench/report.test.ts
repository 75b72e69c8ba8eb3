import { describe, expect, test } from 'vitest';
import type { MeasuredExperiment } from '../../tools/bench/figures.ts';
import { figure } from '../../tools/bench/report/figure.ts';
import { parseLimits } from '../../tools/bench/report/limits.ts';
import { renderReport } from '../../tools/bench/report/report.ts';
import { verdictOf } from '../../tools/bench/report/verdict.ts';
import { experiment, figures, row, run } from './specimens.ts';

const render = (...all: readonly MeasuredExperiment[]) => renderReport(figures(...all), new Map());

describe('a row of the table', () => {
  test('has the median of each side with its range, the ratio, the aim and the verdict', () => {
    expect(render(experiment())).toContain(
      '| activities | pgbench | 2,000 /s (1,000 to 3,000) | 2,500 /s (1,000 to 4,000) | **0.8** (0.75 to 1) | ratio ≥ 0.8 | met | – |',
    );
  });

  test('says what each part used, and leaves empty what was not measured', () => {
    const lone = row({
      unit: 'bytes',
      against: '–',
      ours: [412.3],
      floor: null,
      ratio: null,
      aim: null,
      cpuUs: { API: 83.21, Redis: 0.004 },
    });

    expect(render(experiment({ rows: [lone] }))).toContain(
      '| activities | – | 412 bytes | – | – | – |  | API 83.2, Redis 0.004 |',
    );
  });

  test.each([
    ['met', 'it reaches the least ratio', row({ ratio: [0.8] })],
    ['missed', 'it stays below the least ratio', row({ ratio: [0.79] })],
    ['met', 'only one round of three was below', row({ ratio: [0.1, 0.9, 0.9] })],
    ['met', 'it is at the highest ratio', row({ aim: { of: 'ratio', most: 1.5 }, ratio: [1.5] })],
    ['missed', 'it is above the highest ratio', row({ aim: { of: 'ratio', most: 1.5 }, ratio: [1.51] })],
    ['met', 'our value is below the highest', row({ aim: { of: 'value', most: 25 }, ours: [24.9] })],
    ['missed', 'our value is above the highest', row({ aim: { of: 'value', most: 25 }, ours: [25.1] })],
    ['missed', 'our value is below the least', row({ aim: { of: 'value', least: 0.98 }, ours: [0.97] })],
    ['missed', 'it is out of two bounds', row({ aim: { of: 'value', least: 1, most: 2 }, ours: [3] })],
    ['missed', 'it has no ratio to judge', row({ ratio: null })],
    ['no aim', 'nobody set one', row({ aim: null })],
  ] as const)('counts as "%s" where %s', (verdict, _why, judged) => {
    expect(verdictOf(judged)).toBe(verdict);
  });

  test.each([
    [12_345.6, '12,346'],
    [1_234_567, '1,234,567'],
    [100, '100'],
    [99.96, '100'],
    [1.2345, '1.23'],
    [0.000_123_4, '0.000123'],
    [-1_500, '-1,500'],
    [0, '0'],
  ])('writes %d as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});

describe('the report', () => {
  test('says how many aims are met', () => {
    const rows = [row(), row({ ratio: [0.1] }), row({ aim: null })];

    expect(render(experiment({ rows }))).toContain('1 of 2 aims are met');
  });

  test('explains what missed, and only that, in the words that were written by hand', () => {
    const limits = parseLimits(
      '# Limits\n\n## activities / pgbench\n\nThe disk.\n\n## other / pgbench\n\nSomething else.\n',
    );
    const text = (ratio: number) =>
      renderReport(figures(experiment({ rows: [row({ ratio: [ratio] })] })), limits);

    expect(text(0.1)).toContain('### activities / pgbench\n\nThe disk.\n');
    expect(text(0.1)).not.toContain('Something else.');
    expect(text(0.9)).not.toContain('The disk.');
  });

  test('does not hide that a missed aim has no explanation', () => {
    expect(render(experiment({ rows: [row({ ratio: [0.1] })] }))).toContain(
      'Nothing has been written about this yet.',
    );
  });

  test('names what failed, with its reason', () => {
    const failed = experiment({ name: 'memory', failure: 'the worker ended with 1', rows: [] });

    expect(render(experiment(), failed)).toContain('- memory: the worker ended with 1');
    expect(render(experiment())).not.toContain('Failed');
  });

  test('tells of the machine, its disk and its programs', () => {
    expect(render(experiment())).toContain('A processor, 2 cores, 25 GB, Linux 6');
    expect(render(experiment())).toContain('ext4; 4,000 fsyncs a second of 8 kB, p50 229 µs, p99 470 µs');
    expect(render(experiment())).toContain('Node v26.10.0, PostgreSQL 18.4, Redis 7.0.15');
  });

  test('says which figures are of which run where there were several', () => {
    const later = '2026-11-23T10:00:00.000Z';
    const text = renderReport(
      {
        runs: [run(), run({ at: later, scale: 'short' })],
        experiments: [experiment(), experiment({ name: 'memory', run: later })],
      },
      new Map(),
    );

    expect(text).toContain('Measured on 2026-11-22, 3 rounds, full run (rate):');
    expect(text).toContain('Measured on 2026-11-23, 3 rounds, short run (memory):');
  });

  test('shows each curve with its caption, and each note with its row', () => {
    const curve = { title: 'Rate of it', caption: 'See.', xLabel: 'x', yLabel: 'y', series: [] };
    const text = render(
      experiment({ rows: [row({ note: 'With care.' })], curves: [curve], notes: ['Once.'] }),
    );

    expect(text).toContain('![Rate of it](pictures/rate-of-it.svg)\n\nSee.');
    expect(text).toContain('- activities / pgbench: With care.\n- rate: Once.');
  });
});
