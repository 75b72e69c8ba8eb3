import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditNight } from '../../src/audit/nightly.ts';
import { createAuditing } from '../../src/engine.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { createNightlyAudit } from '../../workers/nightly-audit.ts';
import type { Clinic } from '../engine/clinic.ts';
import { minute, openLivedClinic } from './clinic-day.ts';

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openLivedClinic();
});
afterEach(() => clinic.close());

/** The clinic's day was the 22nd from nine; in minutes after that, a quarter past three of the 23rd and the 24th. */
const NIGHT = 18 * 60 + 15;
const NEXT_NIGHT = NIGHT + 24 * 60;

const usual = { atHour: 3, onDifference: () => {}, isStopped: () => false };

function openWorkers(count: number) {
  return Array.from({ length: count }, () => createAuditing(clinic.open().database.audit));
}

function recordingLog() {
  const lines: { level: string; fields: object; text: string }[] = [];
  const at = (level: string) => (fields: object, text: string) => void lines.push({ level, fields, text });
  return { lines, log: { info: at('info'), warn: at('warn'), error: at('error') } };
}

describe('the audit of the night', () => {
  test('is done once, by one of three workers that come at the same time', async () => {
    await clinic.at(NIGHT);
    await clinic.sweep();
    const workers = openWorkers(3);
    const outcomes = await Promise.all([...workers, ...workers].map((worker) => worker.night(usual)));

    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['audited', ...Array(5).fill('not_due')]);
    const [run] = await createAuditing(clinic.database.audit).runs(10);
    expect(run).toMatchObject({
      night: '2026-11-23',
      since: null,
      until: minute(NIGHT - 1),
      counts: { differences: 0 },
      differences: [],
    });
  });

  test('goes on the next night where the last one ended, and leaves no end out', async () => {
    const [worker] = openWorkers(1);
    await clinic.at(NIGHT);
    const first = await worker?.night(usual);
    // This end belongs to the day before and was written down after that night's audit.
    await clinic.sweep();
    await clinic.at(NEXT_NIGHT);
    const second = await worker?.night(usual);
    const runs = await worker?.runs(10);

    expect(first).toMatchObject({ kind: 'audited', summary: { accounts: 11 } });
    expect(second).toMatchObject({ kind: 'audited', summary: { accounts: 1, differences: 0 } });
    expect(runs?.map(({ night, since }) => [night, since])).toEqual([
      ['2026-11-24', minute(NIGHT - 1)],
      ['2026-11-23', null],
    ]);
  });

  test('is not due before its hour, and a night that nobody audited is caught up with', async () => {
    const [worker] = openWorkers(1);
    await clinic.at(NIGHT);
    await worker?.night(usual);
    await clinic.at(NEXT_NIGHT - 30);
    expect(await worker?.night(usual)).toEqual({ kind: 'not_due' });

    await clinic.at(NEXT_NIGHT + 14 * 60);
    expect(await worker?.night(usual)).toMatchObject({ kind: 'audited', night: '2026-11-24' });
  });

  test('is left to another worker at once by one that stops after a page', async () => {
    const { runs, readPage } = clinic.database.audit;
    await clinic.at(NIGHT);
    const stopped = await auditNight({
      ...usual,
      runs,
      readPage: (request, size, after) => readPage(request, { ...size, accounts: 2 }, after),
      yieldToEventLoop: () => Promise.resolve(),
      isStopped: () => true,
    });
    expect(stopped).toEqual({ kind: 'given_up', night: '2026-11-23' });

    const [next] = openWorkers(1);
    expect(await next?.night(usual)).toMatchObject({
      kind: 'audited',
      night: '2026-11-23',
      summary: { accounts: 11 },
    });
  });

  test('is taken over after ten minutes from a worker that is gone', async () => {
    const [early, next] = openWorkers(2);
    await clinic.at(NIGHT);
    await early?.night(usual);

    // A worker that claims the night and is never heard of again.
    await clinic.at(NEXT_NIGHT);
    const claim = await clinic.database.audit.runs.claim(3);
    expect(claim).toMatchObject({ night: '2026-11-24' });
    await clinic.at(NEXT_NIGHT + 9);
    expect(await early?.night(usual)).toEqual({ kind: 'not_due' });
    await clinic.at(NEXT_NIGHT + 11);
    expect(await next?.night(usual)).toMatchObject({ kind: 'audited', night: '2026-11-24' });
    expect(claim === null ? null : await clinic.database.audit.runs.renew(claim)).toBe(false);
  });

  test('logs each difference, keeps it, and shows it in the metrics of every process', async () => {
    await clinic.at(NIGHT);
    await clinic.sql.query('UPDATE grants SET held = held + 1 WHERE id = 1031');
    const [worker] = openWorkers(1);
    const { lines, log } = recordingLog();
    const nightly = createNightlyAudit({ ...(worker ?? expect.fail('no worker')), log });
    nightly.start(3, 5);
    await expect.poll(() => lines.length, { timeout: 20_000 }).toBe(2);
    await nightly.close();
    const metrics = createMetrics(
      () => Promise.resolve({ active: 0, overdue: 0 }),
      clinic.database.audit.lastRun,
    );

    expect(lines).toMatchObject([
      { level: 'warn', fields: { difference: { kind: 'grant_differs', column: 'held', grantId: 1031 } } },
      { level: 'error', fields: { night: '2026-11-23', differences: 1 } },
    ]);
    expect(await clinic.database.audit.runs.latest(1)).toMatchObject([
      { counts: { differences: 1 }, differences: [{ kind: 'grant_differs', expected: '0', found: '1' }] },
    ]);
    expect(await metrics.text()).toMatch(/^audit_differences 1$/m);
    expect(await metrics.text()).toMatch(
      new RegExp(`^audit_last_run_timestamp_seconds ${minute(NIGHT) / 1000}$`, 'm'),
    );
  });
});
