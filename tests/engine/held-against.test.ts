/** The control of the tests with faults: what they look for in a database afterwards would be found. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clinic, DOCTOR, openClinic, PATIENT, started } from './clinic.ts';
import { findWrong } from './held-against.ts';
import { WARD_INTERVAL_MS } from './ward.ts';

const BLOCK = WARD_INTERVAL_MS / 60_000;

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic({ policy: { intervalMs: WARD_INTERVAL_MS, firstActivityMs: WARD_INTERVAL_MS } });
  await clinic.grant(1, 5);
  await clinic.book(1);
  await started(clinic, 1);
  await clinic.send(1, PATIENT, 'Good morning');
  await clinic.at(2.5 * BLOCK);
  await clinic.end(1, DOCTOR);
});
afterAll(() => clinic.close());

test('a database that is whole has nothing wrong', async () => {
  expect(await findWrong(clinic.sql)).toEqual([]);
});

test.for<[words: string, spoil: string]>([
  [
    'a grant is not the sum of its ledger',
    'UPDATE grants SET remaining = remaining + 1, units_total = units_total + 1',
  ],
  [
    'an entry does not say what was left after it',
    'UPDATE ledger_entries SET balance_after = 4 WHERE interval_no = 2',
  ],
  ['a block was charged twice', 'UPDATE ledger_entries SET interval_no = 1 WHERE interval_no = 2'],
  ['a session does not agree with its charges', `DELETE FROM ledger_entries WHERE interval_no = 2`],
  ['an ended session was not charged each block', 'UPDATE text_appointment_sessions SET sessions_used = 2'],
  [
    'a charge is not effective at its boundary',
    `UPDATE ledger_entries SET effective_at = effective_at + interval '1 ms' WHERE interval_no = 1`,
  ],
  ['a grant holds what no session needs', 'UPDATE grants SET held = 1'],
  ['the audit log has a gap', `DELETE FROM session_events WHERE event_no = 2`],
  ['the messages have a gap', 'DELETE FROM messages'],
])('is found by its question: %s', async ([words, spoil]) => {
  await clinic.sql.query('BEGIN');
  try {
    await clinic.sql.query('SET LOCAL session_replication_role = replica');
    await clinic.sql.query('DROP INDEX ledger_one_charge_per_block');
    await clinic.sql.query(spoil);
    expect(await findWrong(clinic.sql)).toContainEqual(expect.stringContaining(words));
  } finally {
    await clinic.sql.query('ROLLBACK');
  }
});
