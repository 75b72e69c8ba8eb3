import { describe, expect, test } from 'vitest';
import type { Experiment } from '../../tools/bench/figures.ts';
import { renderReport, verdictOf } from '../../tools/bench/report.ts';
import { experiment, figures, row } from './specimens.ts';

const render = (...all: readonly Experiment[]) => renderReport(figures(...all), '## Limits\n\nThe disk.\n');

describe('a row of the table', () => {
  test('has the median of each side, the range of ours and of the ratio, the aim and the verdict', () => {
    expect(render(experiment())).toContain(
      '| activities | pgbench | 2,000 /s (1,000 to 3,000) | 2,500 /s | **0.8** (0.75 to 1) | ratio ≥ 0.8: met |  |',
    );
  });

  test('says what each part used, and leaves empty what was not measured', () => {
    const terms = { unit: 'bytes', against: '–', ours: [412.3], floor: null, ratio: null, aim: null };
    const lone = row({ ...terms, cpuUs: { API: 83.21, Redis: 0.004 } });

    expect(render(experiment({ rows: [lone] }))).toContain(
      '| activities | – | 412 bytes |  |  |  | API 83.2, Redis 0.004 |',
    );
  });

  test('does not repeat what it shares with the one before: the same figures beside another floor', () => {
    const beside = row({ against: 'the route alone', ratio: null, aim: null });

    expect(render(experiment({ rows: [row(), beside] }))).toContain('|  | the route alone |  | 2,500 /s |');
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

  test('names what failed, with its reason, and each note with its row', () => {
    const failed = experiment({ name: 'memory', failure: 'the worker ended with 1', rows: [] });
    const noted = experiment({ rows: [row({ note: 'With care.' })] });

    expect(render(noted, failed)).toContain('- memory: the worker ended with 1');
    expect(render(noted)).not.toContain('Failed');
    expect(render(noted)).toContain('- activities / pgbench: With care.');
  });

  test('leaves what a peer cost to the raw figures, but not that its ledger was wrong', () => {
    const peer = (note: string) => render(experiment({ rows: [row({ against: 'peer: sweep', note })] }));

    expect(peer('The cost. Its ledger was exact.')).not.toContain('The cost');
    expect(peer('The cost. Wrong afterwards: 1 session.')).toContain('Wrong afterwards');
  });

  test('describes the machine and its programs, and which figures are of which run', () => {
    const later = experiment({ name: 'memory', at: '2026-11-23T10:00:00.000Z' });

    expect(render(experiment())).toContain(
      'Measured on 2026-11-22, 3 rounds, on A processor, 2 cores, 25 GB, Linux 6; 4,000 fsyncs a second of 8 kB; ' +
        'Node v26.10.0, PostgreSQL 18.4, Redis 7.0.15.',
    );
    expect(render(experiment(), later)).toContain('Measured on 2026-11-22 (rate), 3 rounds');
    expect(render(experiment(), later)).toContain('Measured on 2026-11-23 (memory), 3 rounds');
  });
});
