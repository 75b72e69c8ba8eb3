import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clinic } from '../engine/clinic.ts';
import { auditOf, minute, openLivedClinic } from './clinic-day.ts';

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openLivedClinic();
});
afterAll(() => clinic.close());

const dump = async (): Promise<unknown> => {
  const tables = ['grants', 'text_appointment_sessions', 'ledger_entries', 'session_events', 'audit_runs'];
  const found: unknown[] = [];
  for (const table of tables) {
    const { rows } = await clinic.sql.query(`SELECT xmin::text, xmax::text, * FROM ${table} ORDER BY 3, 4`);
    found.push(rows);
  }
  return found;
};

describe('the audit of a clinic’s day', () => {
  test('is worth something: every way to end, refunds and several grants were in that day', async () => {
    const { rows: ends } = await clinic.sql.query<{ reason: string }>(
      'SELECT DISTINCT end_reason AS reason FROM text_appointment_sessions WHERE is_ended ORDER BY 1',
    );
    const { rows: kinds } = await clinic.sql.query<{ kind: string }>(
      'SELECT DISTINCT kind FROM ledger_entries ORDER BY 1',
    );
    const { rows: active } = await clinic.sql.query('SELECT FROM text_appointment_sessions WHERE is_active');

    expect(ends.map(({ reason }) => reason)).toEqual([
      'admin_end',
      'balance_exhausted',
      'doctor_no_response',
      'idle_timeout',
      'manual_end',
      'max_duration',
      'no_activity',
    ]);
    expect(kinds.map(({ kind }) => kind)).toEqual(['adjustment', 'charge', 'grant', 'refund']);
    expect(active.length).toBeGreaterThan(0);
  });

  test('finds nothing in what the engine wrote, and changes nothing', async () => {
    const before = await dump();
    const { differences, summary } = await auditOf(clinic);

    expect(differences).toEqual([]);
    expect(summary).toMatchObject({ accounts: 12, sessions: 13, differences: 0, isComplete: true });
    expect(await dump()).toEqual(before);
  });

  test('finds nothing either while an hour of deadlines has not been settled', async () => {
    await clinic.at(500);

    expect((await auditOf(clinic)).differences).toEqual([]);
    await clinic.sweep();
    expect((await auditOf(clinic)).differences).toEqual([]);
  });

  test('reads the accounts of a period once each, and of one patient only that one', async () => {
    const ended = await auditOf(clinic, { from: minute(0), to: minute(12) });
    const later = await auditOf(clinic, { from: minute(12), to: minute(13) });
    const recorded = await auditOf(clinic, { from: minute(70), to: minute(76), by: 'recorded' });
    const patient = await auditOf(clinic, { patientId: 109 });
    const nobody = await auditOf(clinic, { from: minute(0), to: minute(600), patientId: 999 });

    // Patients 103 and 105 were silent; 102 went idle after the message at twelve.
    expect(ended.summary).toMatchObject({ accounts: 2, sessions: 2 });
    expect(later.summary).toMatchObject({ accounts: 3, sessions: 3 });
    expect(recorded.summary.accounts).toBeGreaterThan(4);
    expect(patient.summary).toMatchObject({ accounts: 1, sessions: 2 });
    expect(nobody.summary).toMatchObject({ accounts: 0, sessions: 0 });
  });
});
