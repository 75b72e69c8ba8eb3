import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clinic, openClinic, PATIENT, started } from '../engine/clinic.ts';

/** What the database refuses by itself, tried in plain SQL, past all our code. */

let clinic: Clinic;
let active: number;
let ended: number;

beforeAll(async () => {
  clinic = await openClinic();
  await clinic.grant(1, 5);
  await clinic.grant(2, 5, { patient: 102 });
  await clinic.book(1);
  await clinic.book(2);
  await clinic.book(3, { patient: 102 });
  ended = await started(clinic, 2);
  await clinic.at(5);
  await clinic.end(2, PATIENT);
  active = await started(clinic, 1);
});
afterAll(() => clinic.close());

/** Runs the statement, takes it back, and says which promise refused it; null where none did. */
async function refusal(statement: string, values: readonly unknown[] = []): Promise<string | null> {
  await clinic.sql.query('BEGIN');
  try {
    await clinic.sql.query(statement, [...values]);
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : error.message;
  } finally {
    await clinic.sql.query('ROLLBACK');
  }
}

const entry = (kind: string, session: number | null, no: number | null, units: number, grant = 1) =>
  refusal(
    `INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at,
       recorded_at, kind, reason, actor_role)
     VALUES ($1, $2, $3, $4, $5, 3, session_clock(), session_clock(), $6, 'interval', 'system')`,
    [PATIENT, grant, session, no, units, kind],
  );

describe('the database by itself', () => {
  test('takes a charge for a block that has none: the control of the refusals below', async () => {
    expect(await entry('charge', active, 1, -1)).toBeNull();
  });
  test('refuses a second charge for a block', async () => {
    expect(await entry('charge', ended, 1, -1)).toBe('ledger_one_charge_per_block');
  });
  test('refuses a charge of anything but one unit', async () => {
    expect(await entry('charge', active, 1, -2)).toBe('ledger_kind_shape');
    expect(await entry('charge', active, 1, 1)).toBe('ledger_kind_shape');
  });
  test('refuses a charge without a session or without the number of its block', async () => {
    expect(await entry('charge', null, 1, -1)).toBe('ledger_kind_shape');
    expect(await entry('charge', active, null, -1)).toBe('ledger_kind_shape');
  });
  test('takes one refund for a charge, and refuses a second', async () => {
    expect(await entry('refund', ended, 1, 1)).toBeNull();
    const twice = `INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after,
        effective_at, recorded_at, kind, reason, actor_role)
      SELECT $1, 1, $2, 1, 1, 5, session_clock(), session_clock(), 'refund', 'correction', 'system'
      FROM generate_series(1, 2)`;
    expect(await refusal(twice, [PATIENT, ended])).toBe('ledger_one_refund_per_charge');
  });
  test('refuses a refund of what was never charged, or to another grant', async () => {
    expect(await entry('refund', ended, 2, 1)).toBe('ledger_refund_has_charge');
    expect(await entry('refund', ended, 1, 1, 2)).toBe('ledger_refund_has_charge');
  });
  test('takes a refund back by one unit of its grant, once, and nothing but a refund', async () => {
    const { rows } = await clinic.sql.query<{ id: number }>(
      `SELECT id::integer FROM ledger_entries WHERE kind = 'charge' AND session_id = $1`,
      [ended],
    );
    const charge = rows[0]?.id ?? 0;
    const takesBack = (kind: string, units: number, grant: number, times = 1) => `
      WITH refund AS (
        INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at,
          recorded_at, kind, reason, actor_role)
        SELECT patient_id, grant_id, session_id, interval_no, 1, 5, effective_at, recorded_at, 'refund', 'correction', 'system'
        FROM ledger_entries WHERE id = ${charge}
        RETURNING id)
      INSERT INTO ledger_entries (patient_id, grant_id, units, balance_after, effective_at, recorded_at, kind, reason,
        actor_role, takes_back)
      SELECT ${PATIENT}, ${grant}, ${units}, 4, session_clock(), session_clock(), '${kind}', 'correction', 'system', id
      FROM refund, generate_series(1, ${times})`;
    expect(await refusal(takesBack('adjustment', -1, 1))).toBeNull();
    expect(await refusal(takesBack('adjustment', -1, 1, 2))).toBe('ledger_one_take_back_per_refund');
    expect(await refusal(takesBack('adjustment', -2, 1))).toBe('ledger_take_back_shape');
    expect(await refusal(takesBack('grant', 1, 1))).toBe('ledger_take_back_shape');
    await clinic.grant(3, 5);
    expect(await refusal(takesBack('adjustment', -1, 3))).toBe('ledger_take_back_has_refund');
    const ofACharge = takesBack('adjustment', -1, 1).replace(', id\n      FROM', `, ${charge}\n      FROM`);
    expect(await refusal(ofACharge)).toBe('ledger_take_back_has_refund');
  });
  test('refuses an entry on a grant that is not there, or is another patient’s', async () => {
    expect(await entry('charge', active, 1, -1, 999)).toBe('ledger_entries_grant_id_fkey');
    expect(await entry('charge', active, 1, -1, 2)).toBe('ledger_entries_grant_id_fkey');
  });
  test('refuses an entry of a session that is not there, or is another patient’s', async () => {
    expect(await entry('charge', 999_999, 1, -1)).toBe('ledger_entries_session_id_fkey');
    const other = `INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after,
        effective_at, recorded_at, kind, reason, actor_role)
      VALUES (102, 2, $1, 1, -1, 3, session_clock(), session_clock(), 'charge', 'interval', 'system')`;
    expect(await refusal(other, [active])).toBe('ledger_entries_session_id_fkey');
  });
  test('refuses one stray entry among many, whichever it is', async () => {
    const many = `INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after,
        effective_at, recorded_at, kind, reason, actor_role)
      SELECT $1, CASE WHEN no = 3 THEN 999 ELSE 1 END, $2, no, -1, 3, session_clock(), session_clock(), 'charge',
        'interval', 'system' FROM generate_series(1, $3::integer) AS no`;
    expect(await refusal(many, [PATIENT, active, 2])).toBeNull();
    expect(await refusal(many, [PATIENT, active, 3])).toBe('ledger_entries_grant_id_fkey');
    expect(await refusal(many, [PATIENT, active, 300])).toBe('ledger_entries_grant_id_fkey');
  });
  test('refuses an event of a session that is not there', async () => {
    const event = `INSERT INTO session_events (session_id, event_no, type, effective_at, recorded_at, actor_role, data)
      VALUES ($1, 100, 'activity', session_clock(), session_clock(), 'system', '{}')`;
    expect(await refusal(event, [active])).toBeNull();
    expect(await refusal(event, [999_999])).toBe('session_events_session_id_fkey');
  });
  test.for([
    'UPDATE grants SET id = 77 WHERE id = 2',
    'UPDATE grants SET patient_id = 102 WHERE id = 1',
    'UPDATE text_appointment_sessions SET id = 77 WHERE is_active',
    'UPDATE text_appointment_sessions SET patient_id = 102 WHERE is_active',
    'DELETE FROM grants',
    'DELETE FROM text_appointment_sessions',
    'TRUNCATE grants CASCADE',
    'TRUNCATE text_appointment_sessions CASCADE',
  ])('refuses to take away what the ledger speaks of: %s', async (statement) => {
    expect(await refusal(statement)).toMatch(/keep their number|append-only/);
  });
  test.for([
    ['below zero', 'held = -1'],
    ['above what remains', 'held = remaining + 1'],
  ])('refuses to hold %s', async ([, change]) => {
    expect(await refusal(`UPDATE grants SET ${change} WHERE id = 1`)).toBe('grants_units_within_bounds');
  });
  test('refuses a version below zero', async () => {
    expect(await refusal('UPDATE grants SET version = -1 WHERE id = 1')).toBe('grants_version_not_negative');
  });
  test('refuses a balance below zero, and one above what was ever put in', async () => {
    expect(await refusal('UPDATE grants SET remaining = -1, held = -1 WHERE id = 2')).toBe(
      'grants_units_within_bounds',
    );
    expect(await refusal('UPDATE grants SET remaining = units_total + 1 WHERE id = 2')).toBe(
      'grants_units_within_bounds',
    );
  });
  test.for([
    'UPDATE ledger_entries SET units = 0',
    'DELETE FROM ledger_entries',
    'TRUNCATE ledger_entries CASCADE',
  ])('refuses to change the ledger: %s', async (statement) => {
    expect(await refusal(statement)).toContain('append-only');
  });
  test.for([
    'UPDATE session_events SET type = type',
    'DELETE FROM session_events',
    'TRUNCATE session_events',
  ])('refuses to change the audit log: %s', async (statement) => {
    expect(await refusal(statement)).toContain('append-only');
  });
  test('refuses a second session for an appointment', async () => {
    const statement = `INSERT INTO text_appointment_sessions
        (appointment_id, patient_id, doctor_id, start_time, next_deadline_at, hold_grant_id, policy)
      VALUES ($1, 101, 201, session_clock(), session_clock(), 1, '{}')`;
    expect(await refusal(statement, [2])).toBe('sessions_one_per_appointment');
  });
  test('refuses a session that is both active and ended, or neither', async () => {
    const both = 'UPDATE text_appointment_sessions SET is_ended = true WHERE id = $1';
    const neither = 'UPDATE text_appointment_sessions SET is_active = false WHERE id = $1';
    expect(await refusal(both, [active])).toBe('sessions_active_or_ended');
    expect(await refusal(neither, [active])).toBe('sessions_active_or_ended');
  });
  test('refuses half an end', async () => {
    const half = 'UPDATE text_appointment_sessions SET is_active = false, is_ended = true WHERE id = $1';
    expect(await refusal(half, [active])).toBe('sessions_end_all_or_nothing');
    expect(
      await refusal('UPDATE text_appointment_sessions SET ended_at = session_clock() WHERE id = $1', [
        active,
      ]),
    ).toBe('sessions_end_all_or_nothing');
  });
  test.for([
    "end_reason = 'no_activity'",
    "ended_at = ended_at + interval '1 minute'",
    'sessions_used = sessions_used + 1',
    'last_activity_time = session_clock()',
  ])('refuses to touch an ended session: %s', async (change) => {
    expect(await refusal(`UPDATE text_appointment_sessions SET ${change} WHERE id = $1`, [ended])).toBe(
      'sessions_ended_is_final',
    );
  });
  test('lets a refund lower what an ended session used: the control of the refusals above', async () => {
    expect(
      await refusal('UPDATE text_appointment_sessions SET sessions_used = sessions_used - 1 WHERE id = $1', [
        ended,
      ]),
    ).toBeNull();
  });
  test('deletes nothing about money with something else', async () => {
    for (const table of ['accounts', 'appointments', 'grants', 'text_appointment_sessions'])
      expect(await refusal(`DELETE FROM ${table}`), table).not.toBeNull();
    const { rows } = await clinic.sql.query(
      `SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype <> 'r'`,
    );
    expect(rows).toEqual([]);
  });
  test('has no index on a column that an activity changes', async () => {
    const { rows } = await clinic.sql.query(
      `SELECT DISTINCT a.attname FROM pg_index i
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
       WHERE i.indrelid = 'text_appointment_sessions'::regclass AND a.attname IN ('last_activity_time', 'updated_at')`,
    );
    expect(rows).toEqual([]);
  });
});
