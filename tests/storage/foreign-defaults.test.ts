import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sessionId, userId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import { DOCTOR, MINUTE, NINE, openClinic, PATIENT } from '../engine/clinic.ts';
import { ledgerFilter } from '../../tools/kit/list-filters.ts';

/** A PostgreSQL whose defaults are not those that the driver expects: initdb takes them from the machine. */
let clinic: Awaited<ReturnType<typeof openClinic>>;
beforeEach(async () => {
  clinic = await openClinic();
});
afterEach(() => clinic.close());

test('the database of a test is in another time zone, and writes dates in another style', async () => {
  const { rows } = await clinic.sql.query(
    `SELECT current_setting('timezone') AS zone, current_setting('datestyle') AS style`,
  );

  expect(rows).toEqual([{ zone: 'Asia/Kolkata', style: 'SQL, DMY' }]);
});

test.each([
  ['timezone', "'Asia/Kolkata'"],
  ['timezone', "'America/St_Johns'"],
  ['datestyle', "'SQL, DMY'"],
  ['datestyle', "'German'"],
  ['datestyle', "'Postgres, MDY'"],
  ['extra_float_digits', '-15'],
  ['search_path', 'pg_catalog'],
])('every instant is read as it was written where the database has %s = %s', async (setting, value) => {
  await clinic.sql.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${setting} = ${value.replaceAll("'", "''")}', current_database()); END $$`,
  );
  await clinic.grant(1, 5);
  await clinic.book(501);
  await clinic.start(501, PATIENT);
  await clinic.at(3);
  await clinic.send(501, PATIENT, 'good morning', randomUUID());
  await clinic.at(10);
  await clinic.settle(sessionId(1));
  const { records, console: lists } = clinic.database;

  const { messages } = await records.messages(sessionId(1), { side: 'after', messageNo: 0, limit: 10 });
  expect(messages[0]?.sentAt).toBe(NINE + 3 * MINUTE);

  const { items } = await lists.ledger(ledgerFilter({ patientId: userId(PATIENT) }));
  expect(items.map(({ effectiveAt, recordedAt }) => [effectiveAt, recordedAt])).toEqual([
    [NINE, NINE],
    [NINE + 10 * MINUTE, NINE + 10 * MINUTE],
  ]);

  const around = { from: instant(NINE + 9 * MINUTE), to: instant(NINE + 11 * MINUTE) };
  expect((await lists.ledger(ledgerFilter({ ...around }))).items).toHaveLength(1);
  expect((await lists.ledger(ledgerFilter({ doctorId: userId(DOCTOR), ...around }))).items).toHaveLength(1);

  const picture = await records.picture({ sessions: [sessionId(1)] });
  const noted = new Set(picture.events.map(({ effectiveAt }) => effectiveAt - NINE));
  expect([...noted]).toEqual([0, 3 * MINUTE, 10 * MINUTE]);
  expect(picture.loaded.now).toBe(NINE + 10 * MINUTE);
});
