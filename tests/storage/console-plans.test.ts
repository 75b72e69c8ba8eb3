import { describe, expect, test } from 'vitest';
import { appointmentId, ledgerEntryId, sessionId, userId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import type { SessionFilter } from '../../src/sessions/console-store.ts';
import type { Prisma } from '../../src/storage/client.ts';
import { findDays, findHistory } from '../../src/storage/sql/figures.ts';
import { findNumber } from '../../src/storage/sql/find.ts';
import { findEntries, findEntriesOfSessions, findNearEntriesOfDoctor } from '../../src/storage/sql/ledger.ts';
import { findSessionIds } from '../../src/storage/sql/session-list.ts';
import { fillBigClinic } from '../audit/big-clinic.ts';
import { ledgerFilter, sessionFilter } from '../../tools/kit/list-filters.ts';
import { sharedPlans } from '../../tools/kit/shared-plans.ts';

const CLINIC = { patients: 1_000, sessionsEach: 4, messagesEach: 1 };
const SESSIONS = CLINIC.patients * CLINIC.sessionsEach;
const OF_DOCTOR = SESSIONS / 50;
const PATIENT = userId(500);
const DOCTOR = userId(CLINIC.patients + 1 + (PATIENT % 50));
const CURSOR = sessionId(SESSIONS / 2);
const LIMIT = 20;
/** All sessions of the clinic started in these four hours. */
const BEGIN = Date.parse('2026-01-02Z');
const HOUR = 3_600_000;
const FROM = instant(BEGIN);
const TO = instant(BEGIN + HOUR);

const { walk } = sharedPlans('console', async (sql) => {
  await fillBigClinic(sql, CLINIC);
  // Thousands of appointments are still to come.
  await sql.query(`
    INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at)
      SELECT 100000 + n, 1 + n % 1000, 1001 + n % 50, 'text', 'confirmed', '2099-01-01Z' FROM generate_series(1, 3000) n`);
  await sql.query('VACUUM ANALYZE');
});

const STARTED = 'sessions_started_idx';
const BY_REASON = 'sessions_end_reason_idx';
const OF_PATIENT = 'sessions_patient_started_idx';
const BY_DOCTOR = 'sessions_doctor_started_idx';

describe('a page of sessions is found by an index, and nothing beside the page is looked at', () => {
  test.for<[string, Partial<SessionFilter>, string, number]>([
    ['of everybody', {}, STARTED, LIMIT],
    ['that are active', { status: 'active' }, STARTED, 0],
    ['that have ended', { status: 'ended' }, STARTED, LIMIT],
    ['of a period', { from: FROM, to: TO }, STARTED, LIMIT],
    ['of one reason', { endReason: 'manual_end' }, BY_REASON, LIMIT],
    ['of a reason without hits', { endReason: 'idle_timeout' }, BY_REASON, 0],
    ['of one reason in a period', { endReason: 'manual_end', from: FROM, to: TO }, BY_REASON, LIMIT],
    ['of a patient', { patientId: PATIENT }, OF_PATIENT, CLINIC.sessionsEach],
    [
      'of a patient that have ended',
      { patientId: PATIENT, status: 'ended' },
      OF_PATIENT,
      CLINIC.sessionsEach,
    ],
    ['of a patient in a period', { patientId: PATIENT, from: FROM, to: TO }, OF_PATIENT, 1],
    ['of a doctor', { doctorId: DOCTOR }, BY_DOCTOR, LIMIT],
    ['of a doctor that have ended', { doctorId: DOCTOR, status: 'ended' }, BY_DOCTOR, LIMIT],
    ['of a doctor, for one reason', { doctorId: DOCTOR, endReason: 'manual_end' }, BY_DOCTOR, LIMIT],
    ['of a doctor and a patient', { doctorId: DOCTOR, patientId: PATIENT }, OF_PATIENT, CLINIC.sessionsEach],
  ])('%s', async ([, filter, index, rows]) => {
    const first = await walk(findSessionIds(sessionFilter(filter), LIMIT), 'text_appointment_sessions');
    expect(first).toEqual({ indexes: [index], rows });

    const next = sessionFilter({ ...filter, cursor: CURSOR });
    const { indexes, rows: more } = await walk(findSessionIds(next, LIMIT), 'text_appointment_sessions');
    expect(indexes.filter((name) => name !== 'text_appointment_sessions_pkey')).toEqual([index]);
    // And the session of the cursor, for each of the two states.
    expect(more).toBeLessThanOrEqual(rows + 2);
  });

  test('of a doctor, for a reason without hits', async () => {
    const filter = sessionFilter({ doctorId: DOCTOR, endReason: 'idle_timeout' });
    const { indexes, rows } = await walk(findSessionIds(filter, LIMIT), 'text_appointment_sessions');
    // By which of the two depends on what the statistics have seen of the reason. Both hold it.
    expect([[BY_DOCTOR], [BY_REASON]]).toContainEqual(indexes);
    expect(rows).toBe(0);
  });

  test('of an appointment', async () => {
    const filter = sessionFilter({ appointmentId: appointmentId(7) });
    expect(await walk(findSessionIds(filter, LIMIT), 'text_appointment_sessions')).toEqual({
      indexes: ['sessions_one_per_appointment'],
      rows: 1,
    });
  });
});

const BY_NUMBER = { by: 'number', completeTo: 99_999 } as const;
const BY_TIME = { by: 'time' } as const;
/** Each patient's: the grant, and three units a session. */
const ENTRIES_OF_PATIENT = 1 + 3 * CLINIC.sessionsEach;
const withoutSessions = (indexes: readonly string[]) =>
  indexes.filter((name) => !name.startsWith('text_app'));

describe('a page of the ledger is found by an index', () => {
  test.for<[string, Prisma.Sql, string[], number]>([
    ['by number', findEntries(ledgerFilter(), BY_NUMBER, LIMIT), ['ledger_entries_pkey'], LIMIT],
    [
      'of a period',
      findEntries(ledgerFilter({ from: FROM, to: TO }), BY_TIME, LIMIT),
      ['ledger_effective_idx'],
      LIMIT,
    ],
    [
      'of a period, a later page',
      findEntries(
        ledgerFilter({
          from: FROM,
          to: TO,
          cursor: { effectiveAt: instant(BEGIN + HOUR / 3), entryId: ledgerEntryId(2_000) },
        }),
        BY_TIME,
        LIMIT,
      ),
      ['ledger_effective_idx'],
      LIMIT,
    ],
    [
      'of a patient, by number',
      findEntries(ledgerFilter({ patientId: PATIENT }), BY_NUMBER, LIMIT),
      ['ledger_patient_entries_idx'],
      ENTRIES_OF_PATIENT,
    ],
    [
      'of a patient in a period',
      findEntries(ledgerFilter({ patientId: PATIENT, from: FROM, to: TO }), BY_TIME, LIMIT),
      ['ledger_patient_entries_idx'],
      3,
    ],
    [
      'of a session',
      findEntries(ledgerFilter({ sessionId: CURSOR }), BY_NUMBER, LIMIT),
      ['ledger_one_charge_per_block', 'ledger_one_refund_per_charge'],
      3,
    ],
    // Every fiftieth entry is the doctor's.
    [
      'of a doctor, by number',
      findNearEntriesOfDoctor({ ...ledgerFilter(), doctorId: DOCTOR }, BY_NUMBER, LIMIT, 10_000),
      ['ledger_entries_pkey'],
      CLINIC.patients + 51 * LIMIT,
    ],
    [
      'of a doctor in a period',
      findNearEntriesOfDoctor(
        { ...ledgerFilter({ from: FROM, to: TO }), doctorId: DOCTOR },
        BY_TIME,
        LIMIT,
        10_000,
      ),
      ['ledger_effective_idx'],
      51 * LIMIT,
    ],
    [
      'of the sessions of a timeline',
      findEntriesOfSessions([CURSOR]),
      ['ledger_one_charge_per_block', 'ledger_one_refund_per_charge'],
      3,
    ],
    [
      'of a balance’s history',
      findHistory(PATIENT, 2_000),
      ['accounts_pkey', 'ledger_patient_entries_idx'],
      ENTRIES_OF_PATIENT,
    ],
  ])('%s', async ([, statement, found, most]) => {
    const { indexes, rows } = await walk(statement, 'ledger_entries');
    expect(withoutSessions(indexes)).toEqual(found);
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(most);
  });
});

test('the figures of an hour look at the sessions and the entries of that hour', async () => {
  const hour = [{ from: FROM, to: TO }];
  for (const [doctor, indexes] of [
    [null, ['ledger_effective_idx', 'sessions_ended_idx', STARTED]],
    [DOCTOR, ['ledger_effective_idx', BY_DOCTOR, 'sessions_ended_idx']],
  ] as const) {
    const inSessions = await walk(findDays(hour, doctor), 'text_appointment_sessions');
    expect(inSessions.indexes).toEqual(expect.arrayContaining([...indexes]));
    // A quarter of them started then, and the same ended; a doctor's are looked through once more, for the entries.
    expect(inSessions.rows).toBeLessThanOrEqual(SESSIONS / 2 + OF_DOCTOR + OF_DOCTOR);
    const inLedger = await walk(findDays(hour, doctor), 'ledger_entries');
    expect(inLedger.rows).toBeLessThanOrEqual((3 * SESSIONS) / 4);
  }
});

test('a number is looked up by keys, and by the doctor’s indexes', async () => {
  const { indexes, rows } = await walk(findNumber(DOCTOR), 'text_appointment_sessions');
  expect(indexes).toEqual([
    'accounts_pkey',
    'appointments_pkey',
    'appointments_upcoming_doctor_idx',
    'grants_pkey',
    'ledger_entries_pkey',
    BY_DOCTOR,
    'text_appointment_sessions_pkey',
  ]);
  expect(rows).toBeLessThanOrEqual(2);
});
