import { describe, expect, test } from 'vitest';
import type { AuditRequest } from '../../src/audit/audit.ts';
import type { Prisma } from '../../src/storage/client.ts';
import { countAuditedSessions, findAuditedAccounts } from '../../src/storage/sql/audit.ts';
import { loadHistories } from '../../src/storage/sql/histories.ts';
import { sharedPlans } from '../../tools/kit/shared-plans.ts';
import { fillBigClinic } from './big-clinic.ts';

const CLINIC = { patients: 1_000, sessionsEach: 4, messagesEach: 1 };
const SESSIONS = CLINIC.patients * CLINIC.sessionsEach;
/** In which every session of the clinic ended. */
const PERIOD = { from: Date.parse('2026-01-01Z'), to: Date.parse('2026-02-01Z') };
const PATIENT = 500;

const plans = sharedPlans('engine', (sql) => fillBigClinic(sql, CLINIC));

const walk = (statement: Prisma.Sql) =>
  plans.walk(statement, 'accounts', 'text_appointment_sessions', 'session_events');

const ofEverybody: AuditRequest = { ...PERIOD, by: 'ended', patientId: null };
const ofOne: AuditRequest = { ...ofEverybody, patientId: PATIENT };

/** The account, and its sessions: once to see whether it is to be audited, once to count the lines of its log. */
const MOST_ROWS = 1 + 2 * CLINIC.sessionsEach;

describe('the plan of an audit', () => {
  test.for<[string, AuditRequest]>([
    ['in a period', ofOne],
    ['in a period, by when it was written down', { ...ofOne, by: 'recorded' }],
    ['since then', { ...ofOne, to: null }],
    ['until then', { ...ofOne, from: null }],
    ['since ever', { ...ofOne, from: null, to: null }],
  ])('of one patient %s walks the sessions of nobody else', async ([, request]) => {
    const { indexes, rows } = await walk(findAuditedAccounts(request, null, 500));

    expect(indexes).toEqual(['accounts_pkey', 'sessions_patient_started_idx']);
    expect(rows).toBeGreaterThan(CLINIC.sessionsEach);
    expect(rows).toBeLessThanOrEqual(MOST_ROWS);
  });

  test('on demand counts one patient’s sessions without those of others', async () => {
    expect(await walk(countAuditedSessions(ofOne, 2_001))).toEqual({
      indexes: ['sessions_patient_started_idx'],
      rows: CLINIC.sessionsEach,
    });
  });

  test('of everybody walks the period, which is how these tests know such a walk when they see one', async () => {
    const found = await walk(findAuditedAccounts(ofEverybody, null, SESSIONS));
    const counted = await walk(countAuditedSessions(ofEverybody, SESSIONS));

    expect(found.indexes).toContain('sessions_end_recorded_idx');
    expect(found.rows).toBeGreaterThanOrEqual(SESSIONS);
    expect(counted).toEqual({ indexes: ['sessions_end_recorded_idx'], rows: SESSIONS });
  });

  test('reads the histories of a page by their keys, and no row of any other account', async () => {
    const { indexes, rows } = await walk(loadHistories([PATIENT, PATIENT + 1]));

    expect(indexes).toEqual([
      'event_activations_pkey',
      'grants_patient_idx',
      'ledger_patient_entries_idx',
      'session_events_pkey',
      'sessions_patient_started_idx',
    ]);
    expect(rows).toBeLessThanOrEqual(2 * CLINIC.sessionsEach * (1 + 7 + CLINIC.messagesEach));
  });
});
