import { describe, expect, test } from 'vitest';
import type { Experiment } from '../../tools/bench/figures.ts';
import { renderReport, verdictOf } from '../../tools/bench/report.ts';
import { experiment, figures, row } from './specimens.ts';

const render = (...all: readonly Experiment[]) => renderReport(figures(...all), '## Limits\n\nThe disk.\n');

describe('a row of the table', () => {
  test('has the median of each side, the ratio with its range, the aim and the verdict', () => {
    expect(render(experiment())).toContain(
      '| activities | pgbench | 2,000 /s | 2,500 /s | **0.8** (0.75 to 1) | ratio ≥ 0.8: met |\n',
    );
  });

  test('has the range of our own figures where there is no ratio', () => {
    const alone = row({ ratio: null, aim: null });

    expect(render(experiment({ rows: [alone] }))).toContain(
      '| activities | pgbench | 2,000 /s (1,000 to 3,000) | 2,500 /s |  |  |\n',
    );
  });

  test('does not repeat what it shares with the one before: the same figures beside another floor', () => {
    const beside = row({ against: 'the route alone', aim: null });

    expect(render(experiment({ rows: [row(), beside] }))).toContain('|  | the route alone |  | 2,500 /s |');
  });

  test('is a line below the table where there is nothing to compare it with', () => {
    const terms = { unit: 'bytes', against: '–', ours: [412.3], floor: null, ratio: null };
    const lone = row({ ...terms, aim: { of: 'value', most: 400 } });

    expect(render(experiment({ rows: [lone] }))).toContain(
      '\n- activities: 412 bytes, ≤ 400 bytes: **missed**\n',
    );
  });

  test.each([
    ['met', 'it reaches the least ratio', row({ ratio: [0.8] })],
    ['missed', 'it stays below the least ratio', row({ ratio: [0.79] })],
    ['met', 'only one round of three was below', row({ ratio: [0.1, 0.9, 0.9] })],
    ['missed', 'it is above the highest ratio', row({ aim: { of: 'ratio', most: 1.5 }, ratio: [1.51] })],
    ['met', 'our value is at the highest', row({ aim: { of: 'value', most: 25 }, ours: [25] })],
    ['missed', 'our value is below the least', row({ aim: { of: 'value', least: 0.98 }, ours: [0.97] })],
    ['missed', 'it has no ratio to judge', row({ ratio: null })],
    ['no aim', 'none was set', row({ aim: null })],
  ] as const)('counts as "%s" where %s', (verdict, _why, judged) => {
    expect(verdictOf(judged)).toBe(verdict);
  });
});

describe('the report of the bench', () => {
  test('says how many aims are met, and takes in what was written by hand', () => {
    const text = render(experiment({ rows: [row(), row({ ratio: [0.1] }), row({ aim: null })] }));

    expect(text).toContain('1 of 2 aims are met');
    expect(text).toContain('## Limits\n\nThe disk.\n');
  });

  test('names what failed, with its reason', () => {
    const failed = experiment({ name: 'memory', failure: 'the worker ended with 1', rows: [] });

    expect(render(experiment(), failed)).toContain('- memory: the worker ended with 1');
    expect(render(experiment())).not.toContain('Failed');
  });

  test('says in a footnote what each part used and what to know of a row, and the same for two rows once', () => {
    const noted = { note: 'With care.', cpuUs: { API: 83.21, Redis: 0.004 } };
    const rows = [
      row(noted),
      row({ ...noted, against: 'the route alone' }),
      row({ ...noted, what: 'statuses' }),
    ];
    const text = render(experiment({ rows }));

    expect(text).toContain('| activities[^1] | pgbench |');
    expect(text).toContain('|  | the route alone[^2] |');
    expect(text).toContain('| statuses[^1] | pgbench |');
    expect(text.endsWith('\n\n[^1]: µs each: API 83.2, Redis 0.004. With care.\n[^2]: With care.\n')).toBe(
      true,
    );
  });

  test('leaves details to the raw figures', () => {
    expect(render(experiment({ rows: [row({ details: 'The cost.' })] }))).not.toContain('The cost');
  });

  test('describes the machine and its programs, and which figures are of which run', () => {
    const next = { at: '2026-11-23T10:00:00.000Z', rounds: 1 };
    const later = [experiment({ ...next, name: 'memory' }), experiment({ ...next, name: 'wal' })];
    const machine =
      'Measured on A processor, 2 cores, 25 GB, Linux 6, Node v26.10.0, PostgreSQL 18.4, Redis 7.0.15:\n\n';

    expect(render(experiment())).toContain(
      `${machine}- 2026-11-22, 3 rounds, 4,000 fsyncs a second of 8 kB: all\n`,
    );
    expect(render(experiment(), ...later)).toContain(
      `${machine}- 2026-11-22, 3 rounds, 4,000 fsyncs a second of 8 kB: rate\n` +
        '- 2026-11-23, 1 round, 4,000 fsyncs a second of 8 kB: all others\n',
    );
  });
});
