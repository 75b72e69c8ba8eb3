/** From when on the auditor misses a low balance that is not in the log. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clinic, openClinic } from '../engine/clinic.ts';

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic();
});
afterAll(() => clinic.close());

const since = async (): Promise<readonly unknown[]> =>
  (await clinic.sql.query('SELECT since FROM event_activations')).rows;

test('a database that never had a session expects every low balance from its first migration on', async () => {
  expect(await since()).toHaveLength(1);
});

test('while a process of an older version is connected none is missed, and from the first night without it on each is', async () => {
  await clinic.sql.query('DELETE FROM event_activations');
  const older = new Client({ connectionString: clinic.url, application_name: 'session-engine worker' });
  await older.connect();
  await clinic.database.audit.runs.claim(3);
  expect(await since()).toEqual([]);

  await older.end();
  await expect
    .poll(async () => {
      await clinic.database.audit.runs.claim(3);
      return since();
    })
    .toHaveLength(1);
});
