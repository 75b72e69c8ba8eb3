import { describe, expect, test } from 'vitest';
import { costsOf, renderCapacity } from '../../tools/bench/report/capacity.ts';
import type { Row } from '../../tools/bench/row.ts';

const row = (what: string, ours: readonly number[], cpuUs?: Readonly<Record<string, number>>): Row => ({
  what,
  against: '–',
  unit: '',
  ours,
  floor: null,
  ratio: null,
  aim: null,
  ...(cpuUs === undefined ? {} : { cpuUs }),
});

const figuresWith = (rows: readonly Row[]) => ({
  runs: [],
  experiments: [{ name: 'any', run: 'now', seconds: 1, failure: null, rows }],
});

const ROWS = [
  row('activities', [1], { API: 100, PostgreSQL: 60 }),
  row('due deductions from a backlog', [1], { worker: 120, PostgreSQL: 90, Redis: 6 }),
  row('WAL bytes per activity', [200, 100, 300]),
  row('Redis bytes per armed session', [400]),
];

describe('what so many live sessions take', () => {
  test('follows from the measured cost of each activity, deduction and armed session', () => {
    const costs = costsOf(figuresWith(ROWS));
    const line =
      costs === null
        ? ''
        : renderCapacity(costs)
            .split('\n')
            .find((text) => text.startsWith('| 1,000,000'));

    // 100,000 activities and 1,666.7 deductions a second on cores that are 60 % full.
    expect(line).toBe('| 1,000,000 | 1,667 | 100,000 | 17 | 1 | 0.0167, 0.4 GB | 10.3 | 20 |');
  });

  test('is not told before everything that it follows from was measured', () => {
    for (const [left] of ROWS.entries())
      expect(costsOf(figuresWith(ROWS.filter((_row, index) => index !== left)))).toBeNull();
  });
});
