import { expect, test } from 'vitest';
import { findLastHour, findState } from '../../src/storage/sql/now.ts';
import { sharedPlans } from '../../tools/kit/shared-plans.ts';
import { fillBigClinic } from '../audit/big-clinic.ts';

const CLINIC = { patients: 1_000, sessionsEach: 8, messagesEach: 1 };
const ENTRIES = CLINIC.patients * (1 + 3 * CLINIC.sessionsEach);
/** Written just now. */
const CHARGES = 300;

const { walk } = sharedPlans('console', async (sql) => {
  await fillBigClinic(sql, CLINIC);
  // As if the newest of them had been written within the last minutes.
  await sql.query('SET session_replication_role = replica');
  await sql.query(
    `UPDATE ledger_entries SET recorded_at = session_clock() WHERE id > (SELECT max(id) - ${CHARGES} FROM ledger_entries)`,
  );
  await sql.query('VACUUM FULL ledger_entries');
  await sql.query('VACUUM ANALYZE');
});

test('the last hour is found by the time of writing: of a long ledger little more is read than what is new', async () => {
  const { indexes, rows } = await walk(findLastHour(), 'ledger_entries');
  expect(indexes).toEqual(['ledger_recorded_idx']);
  expect(rows).toBeLessThan(ENTRIES / 4);
});

test('how it stands is found without reading any session that has ended, but the oldest', async () => {
  const { indexes, rows } = await walk(findState(), 'text_appointment_sessions');
  expect(indexes).toContain('sessions_next_deadline_idx');
  expect(rows).toBeLessThanOrEqual(2);
});
