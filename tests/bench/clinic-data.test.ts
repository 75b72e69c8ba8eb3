import { describe, expect, test } from 'vitest';
import { fillWithSessions } from '../../tools/bench/clinic/clinic-data.ts';
import { expectNoDifference } from '../../tools/kit/auditor.ts';
import { sharedDatabase } from '../../tools/kit/shared-database.ts';

const database = sharedDatabase();

const audited = () => expectNoDifference(database.url);

describe('the sessions that the bench writes straight into the tables', () => {
  test('are what the engine would have written, as far as the auditor can tell', async () => {
    await fillWithSessions(database.sql, 50, 0);
    await expect(audited()).resolves.toBeUndefined();

    await fillWithSessions(database.sql, 50, 3_600_000, { spreadMs: 60_000, units: 7 });
    await expect(audited()).resolves.toBeUndefined();
  });

  test('are due evenly over the time that was asked for', async () => {
    await fillWithSessions(database.sql, 5, 10_000, { spreadMs: 50_000 });
    const { rows } = await database.sql.query<{ ms: number }>(
      `SELECT (epoch_ms(next_deadline_at) - epoch_ms(min(next_deadline_at) OVER ()))::integer AS ms
       FROM text_appointment_sessions ORDER BY id`,
    );

    expect(rows.map(({ ms }) => ms)).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
  });

  test('are found wrong by the auditor with one balance changed', async () => {
    await fillWithSessions(database.sql, 3, 0);
    await database.sql.query('UPDATE grants SET remaining = remaining - 1 WHERE id = 2');

    await expect(audited()).rejects.toThrow('the auditor');
  });

  test('are refused where one of them would start in the future', async () => {
    await expect(fillWithSessions(database.sql, 3, 60_000, { intervalMs: 1_000 })).rejects.toThrow(
      'in the future',
    );
  });
});
