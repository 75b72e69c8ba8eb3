import { beforeAll, expect, test } from 'vitest';
import {
  BUSY_DOCTOR,
  BUSY_PATIENT,
  fillOldClinic,
  type OldClinic,
} from '../../tools/bench/clinic/old-clinic.ts';
import { sharedDatabase } from '../../tools/kit/shared-database.ts';

const SESSIONS = 4_000;

const database = sharedDatabase();
let clinic: OldClinic;
beforeAll(async () => {
  clinic = await fillOldClinic(database.sql, SESSIONS, () => {});
});

async function counted(what: string): Promise<number> {
  const { rows } = await database.sql.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM ${what}`,
  );
  return rows[0]?.count ?? Number.NaN;
}

test('an old clinic of the bench has the sessions that it says, one patient and one doctor with many of them', async () => {
  const sessions = (condition: string) => counted(`text_appointment_sessions WHERE ${condition}`);
  expect(await sessions('true')).toBe(SESSIONS);
  expect(await sessions(`patient_id = ${BUSY_PATIENT}`)).toBe(SESSIONS / 200);
  expect(await sessions(`doctor_id = ${BUSY_DOCTOR}`)).toBe(SESSIONS / 20);
  expect(await sessions('NOT is_active')).toBe(3_000);
  expect(await sessions(`end_reason = 'doctor_no_response'`)).toBe(0);
  const years = (clinic.lastMs - clinic.firstMs) / 365 / 86_400_000;
  expect(years).toBeGreaterThan(1);
  expect(years).toBeLessThan(2);
});

test('its ledger has three units of each session that ended, written in the order in which they were due', async () => {
  expect(await counted(`ledger_entries WHERE kind = 'charge'`)).toBe(3 * 3_000);
  expect(await counted(`ledger_entries WHERE kind = 'refund'`)).toBe(30);
  const late = `(SELECT effective_at < lag(effective_at) OVER (ORDER BY id) AS is_before FROM ledger_entries) AS e`;
  expect(await counted(`${late} WHERE is_before`)).toBe(0);
});
