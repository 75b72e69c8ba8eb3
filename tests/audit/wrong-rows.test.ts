/** What a superuser can do with the triggers out of the way, and that the auditor finds and names it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Difference, topicOf } from '../../src/audit/difference.ts';
import type { Clinic } from '../engine/clinic.ts';
import { auditOf, openLivedClinic } from './clinic-day.ts';

const TABLES = ['grants', 'text_appointment_sessions', 'ledger_entries', 'session_events'];

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openLivedClinic();
  await clinic.sql.query('CREATE SCHEMA as_lived');
  for (const table of TABLES) await clinic.sql.query(`CREATE TABLE as_lived.${table} AS TABLE ${table}`);
  for (const table of TABLES) await clinic.sql.query(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
});
afterEach(async () => {
  for (const table of TABLES) {
    await clinic.sql.query(`DELETE FROM ${table}`);
    await clinic.sql.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE TABLE as_lived.${table}`);
  }
});
afterAll(() => clinic.close());

/** The first session of that patient. */
const SESSION = (patient: number) =>
  `(SELECT id FROM text_appointment_sessions WHERE appointment_id = ${patient * 10})`;

const CHARGE = (patient: number, no: number) =>
  `kind = 'charge' AND session_id = ${SESSION(patient)} AND interval_no = ${no}`;

/** `101 entry_differs reason: interval → manual_end`, without the ids that the database gave. */
const told = (difference: Difference): string => {
  const topic = topicOf(difference).replace(/^(entry|event) \d+/, '$1');
  return `${difference.patientId} ${topic}: ${difference.expected} → ${difference.found}`;
};

const after = async (...statements: string[]): Promise<readonly string[]> => {
  for (const statement of statements) {
    const { rowCount } = await clinic.sql.query(statement);
    expect(rowCount, statement).toBeGreaterThan(0);
  }
  const { differences } = await auditOf(clinic);
  return differences.map(told);
};

describe('a row that was made wrong by hand', () => {
  test('is a charge that was added: named, with the balance that it spoils', async () => {
    const found = await after(
      `INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at,
         recorded_at, kind, reason, actor_role)
       SELECT patient_id, grant_id, session_id, 9, -1, balance_after, effective_at, recorded_at, kind, reason, actor_role
       FROM ledger_entries WHERE ${CHARGE(101, 1)}`,
    );

    expect(found).toContainEqual(
      expect.stringMatching(/^101 entry was not due: none → charge 9 \(interval\) at 2026-11-22T09:10/),
    );
    expect(found).toContainEqual(expect.stringMatching(/^101 entry: balance_after/));
    expect(found).toContainEqual(expect.stringMatching(/^101 grant: remaining/));
    expect(found.length).toBe(3);
  });

  test('is a charge that was removed: named, though its event is still there', async () => {
    const found = await after(`DELETE FROM ledger_entries WHERE ${CHARGE(106, 1)}`);

    expect(found).toContainEqual(
      '106 charge 1 is missing in the ledger: charge 1 (interval) at 2026-11-22T09:10:00.000Z → none',
    );
    expect(found.filter((row) => !/missing|grant: remaining|balance_after/.test(row))).toEqual([]);
  });

  test('is a charge on the wrong grant', async () => {
    const found = await after(`UPDATE ledger_entries SET grant_id = 1011 WHERE ${CHARGE(101, 2)}`);

    expect(found).toContainEqual('101 entry: grant_id: 1010 → 1011');
  });

  test.each([
    [
      'a wrong balance after an entry',
      'balance_after = balance_after + 1',
      '101 entry: balance_after: 3 → 4',
    ],
    ['a wrong reason of a charge', `reason = 'admin_end'`, '101 entry: reason: interval → admin_end'],
    [
      'a wrong effective instant',
      `effective_at = effective_at - interval '1 millisecond'`,
      '101 entry: effective_at: 2026-11-22T09:10:00.000Z → 2026-11-22T09:09:59.999Z',
    ],
  ])('is %s, and nothing else is reported', async (_, change, expected) => {
    expect(await after(`UPDATE ledger_entries SET ${change} WHERE ${CHARGE(101, 1)}`)).toEqual([expected]);
  });

  test.each([
    ['the units that it used', 'sessions_used = 7', '101 session: sessions_used: 1 → 7'],
    [
      'its end, moved forward',
      `ended_at = ended_at - interval '1 minute'`,
      '101 session: ended_at: 2026-11-22T09:12:00.000Z → 2026-11-22T09:11:00.000Z',
    ],
    ['why it ended', `end_reason = 'no_activity'`, '101 session: end_reason: manual_end → no_activity'],
    ['what its end charged', 'end_units = 0', '101 session: end_units: 1 → 0'],
    ['who wrote', 'has_doctor_activity = false', '101 session: has_doctor_activity: true → false'],
    [
      'when somebody wrote last',
      `last_activity_time = NULL`,
      '101 session: last_activity_time: 2026-11-22T09:06:00.000Z → none',
    ],
    ['how many events it has', 'event_count = event_count + 1', '101 event is missing: event 9 → none'],
  ])('is the row of a session: %s', async (_, change, expected) => {
    const found = await after(`UPDATE text_appointment_sessions SET ${change} WHERE appointment_id = 1010`);

    expect(found).toContain(expected);
    expect(found.length).toBeLessThanOrEqual(2);
  });

  test('is an event that was removed: its number is left out', async () => {
    const found = await after(
      `DELETE FROM session_events WHERE session_id = ${SESSION(106)} AND type = 'deduction' AND data ->> 'interval_no' = '1'`,
    );

    expect(found).toEqual([
      '106 event is missing: event 3 → none',
      '106 an event is missing: deduction 1 at 2026-11-22T09:10:00.000Z → none',
    ]);
  });

  const LOW = `session_id = ${SESSION(110)} AND type = 'low_balance'`;
  test.each([
    [
      'was removed, where every one has to be there',
      `DELETE FROM session_events WHERE ${LOW}`,
      /^110 an event is missing: low_balance at 2026-11-22T09:\d\d:00.000Z → none$/,
    ],
    [
      'comes a second too early',
      `UPDATE session_events SET effective_at = effective_at - interval '1 second' WHERE ${LOW}`,
      /^110 event was not due: none → low_balance at /,
    ],
    [
      'tells a wrong end of the units',
      `UPDATE session_events SET data = '{"funded_until_ms": 0}' WHERE ${LOW}`,
      /^110 event: funded_until_ms: 2026-.* → 1970-/,
    ],
  ])('is a low balance that %s', async (_what, change, expected) => {
    await clinic.sql.query(`UPDATE event_activations SET since = '2026-11-22T00:00:00Z'`);

    expect(await after(change)).toContainEqual(expect.stringMatching(expected));
  });

  test('is not the want of a low balance from before every version wrote it', async () => {
    await clinic.sql.query(`UPDATE event_activations SET since = '2026-11-23T00:00:00Z'`);
    const found = await after(`DELETE FROM session_events WHERE ${LOW}`);

    expect(found).not.toContainEqual(expect.stringContaining('low_balance'));
  });

  test('is an event that tells another figure than the ledger', async () => {
    const found = await after(
      `UPDATE session_events SET data = data || '{"grant_id": 1011}'
       WHERE session_id = ${SESSION(101)} AND type = 'deduction' AND data ->> 'interval_no' = '1'`,
    );

    expect(found).toEqual(['101 event: grant_id: 1010 → 1011']);
  });

  test('is a message after the end', async () => {
    const found = await after(
      `INSERT INTO session_events (session_id, event_no, type, effective_at, recorded_at, actor_role, actor_id, data)
       SELECT session_id, event_no + 1, 'message', effective_at, recorded_at, 'patient', 103, '{}'
       FROM session_events WHERE session_id = ${SESSION(103)} AND type = 'ended'`,
    );

    expect(found).toContain('103 event could not happen: refused: session_ended → write');
  });

  test('is a hold that no session has', async () => {
    expect(await after('UPDATE grants SET held = held + 1 WHERE id = 1011')).toEqual([
      '101 grant: held: 1 → 2',
    ]);
  });

  test('is a session that holds on another grant', async () => {
    const found = await after(
      'UPDATE text_appointment_sessions SET hold_grant_id = 1010 WHERE appointment_id = 1012',
    );

    expect(found).toEqual(['101 session: hold_grant_id: 1011 → 1010']);
  });

  test.each([
    ['what is left', 'units_total = 50, remaining = remaining + 40', '101 grant: remaining: 9 → 49'],
    [
      'until when it is valid',
      `expires_at = '2026-11-23T00:00:00Z'`,
      '101 grant: expires_at: none → 2026-11-23T00:00:00.000Z',
    ],
  ])('is a grant: %s', async (_, change, expected) => {
    expect(await after(`UPDATE grants SET ${change} WHERE id = 1011`)).toContain(expected);
  });

  test('is a policy that a session never started under', async () => {
    const found = await after(
      `UPDATE text_appointment_sessions SET policy = policy || '{"intervalMs": 60000}' WHERE appointment_id = 1010`,
    );

    expect(found).toEqual([expect.stringMatching(/^101 session: policy: .*600000.* → .*60000/)]);
  });

  test('is a refund that nobody made, and one that was made and is gone', async () => {
    const made = await after(
      `INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at,
         recorded_at, kind, reason, actor_role, actor_id)
       SELECT patient_id, grant_id, session_id, 1, 1, balance_after + 1, effective_at, recorded_at, 'refund', 'correction', 'admin', 1
       FROM ledger_entries WHERE ${CHARGE(106, 1)}`,
    );
    expect(made).toContainEqual(expect.stringMatching(/^106 entry was not due: none → refund 1/));

    const gone = await after(
      `DELETE FROM ledger_entries WHERE kind = 'refund' AND session_id = ${SESSION(104)}`,
    );
    expect(gone).toContainEqual(expect.stringMatching(/^104 refund 1 is missing in the ledger/));
  });

  test('is an adjustment that says it takes a refund back, and names something else', async () => {
    const found = await after(
      `UPDATE ledger_entries SET takes_back = (SELECT id FROM ledger_entries WHERE ${CHARGE(101, 1)})
       WHERE takes_back IS NOT NULL`,
    );
    expect(found).toContainEqual('101 entry could not happen: refused: refund_not_found → take_back');
  });

  test('is history without which nothing fits: a grant whose making was removed', async () => {
    const found = await after(`DELETE FROM ledger_entries WHERE kind = 'grant' AND grant_id = 1031`);

    expect(found).toContainEqual(expect.stringMatching(/^103 grant: remaining/));
  });
});
