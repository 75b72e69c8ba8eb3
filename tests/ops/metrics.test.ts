import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../src/ops/metrics.ts';

describe('the metrics', () => {
  test('stay while the database is away, without the figures that are counted there', async () => {
    let isAway = false;
    const metrics = createMetrics(() =>
      isAway ? Promise.reject(new Error('away')) : Promise.resolve({ active: 7, overdue: 2 }),
    );
    metrics.refusedClientDeduction();

    const before = await metrics.text();
    expect(before).toMatch(/^sessions_active 7$/m);
    expect(before).toMatch(/^sessions_overdue 2$/m);

    isAway = true;
    const meanwhile = await metrics.text();
    expect(meanwhile).not.toMatch(/^sessions_(active|overdue) /m);
    expect(meanwhile).toMatch(/^refused_client_deductions_total 1$/m);

    isAway = false;
    expect(await metrics.text()).toMatch(/^sessions_active 7$/m);
  });
});
