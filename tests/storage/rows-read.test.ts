import { Client } from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { appointmentId, sessionId, userId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import type { LedgerCursor, LedgerFilter } from '../../src/sessions/console-store.ts';
import type { Page } from '../../src/sessions/page.ts';
import type { LedgerRecord } from '../../src/sessions/records.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { fillBigClinic } from '../audit/big-clinic.ts';
import { sharedDatabase } from '../../tools/kit/shared-database.ts';
import { ledgerFilter, sessionFilter } from '../../tools/kit/list-filters.ts';

const CLINIC = { patients: 1_000, sessionsEach: 4, messagesEach: 1 };
const SESSIONS = CLINIC.patients * CLINIC.sessionsEach;
/** Each patient's: the grant, and three units a session. */
const ENTRIES_EACH = 1 + 3 * CLINIC.sessionsEach;
const DOCTORS = 50;
const SESSIONS_OF_DOCTOR = SESSIONS / DOCTORS;
const PATIENT = userId(500);
const DOCTOR = userId(CLINIC.patients + 1 + (PATIENT % DOCTORS));
const SESSION = (PATIENT - 1) * CLINIC.sessionsEach + 1;
const ACTIVE = SESSIONS + 1;
/** Has one session, the last one of all. */
const SELDOM = userId(9_999);
const LAST = SESSIONS + 4;

const server = sharedDatabase();
beforeAll(() => aside(fill));

/** On a connection of its own that is gone afterwards, so that what it read is counted before the next question. */
async function aside<T>(work: (connection: Client) => Promise<T>): Promise<T> {
  const connection = new Client({ connectionString: server.url, application_name: 'aside' });
  await connection.connect();
  const done = await work(connection);
  await connection.end();
  await untilGone('aside');
  return done;
}

async function fill(filling: Client): Promise<void> {
  await fillBigClinic(filling, CLINIC);
  // Two that nobody has started, and one that is active, among thousands that have ended.
  await filling.query(`
    INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at)
      SELECT id, ${PATIENT}, ${DOCTOR}, 'text', 'confirmed', '2099-01-01Z' FROM generate_series(${ACTIVE}, ${ACTIVE + 2}) id;
    INSERT INTO text_appointment_sessions (id, appointment_id, patient_id, doctor_id, start_time, next_deadline_at,
        hold_grant_id, policy)
      SELECT ${ACTIVE}, ${ACTIVE}, patient_id, doctor_id, '2099-01-01Z', '2099-01-01T00:10Z', patient_id, policy
      FROM text_appointment_sessions WHERE id = ${SESSION};
    UPDATE grants SET held = 1 WHERE id = ${PATIENT};
    INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at)
      VALUES (${LAST}, ${PATIENT}, ${SELDOM}, 'text', 'confirmed', '2026-03-01Z');
    INSERT INTO text_appointment_sessions (id, appointment_id, patient_id, doctor_id, is_active, is_ended, start_time,
        ended_at, end_recorded_at, end_units, end_reason, policy)
      SELECT ${LAST}, ${LAST}, patient_id, ${SELDOM}, false, true, '2026-03-01Z', '2026-03-01T00:10Z', '2026-03-01T00:10Z', 1,
        'manual_end', policy
      FROM text_appointment_sessions WHERE id = ${SESSION};
    INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at,
        recorded_at, kind, reason, actor_role)
      SELECT ${PATIENT}, ${PATIENT}, ${LAST}, no, -1, 1, at, at, 'charge', 'interval', 'system'
      FROM generate_series(1, 2) AS no, (SELECT timestamptz '2026-03-01T00:10Z' AS at) AS due;
    ANALYZE`);
}

interface RowsRead {
  readonly appointments: number;
  readonly sessions: number;
  readonly entries: number;
  readonly events: number;
}

/** How many rows connections of ours took into their hands so far, whether of use or not. */
async function rowsRead(): Promise<RowsRead> {
  const { rows } = await server.sql.query<{ relname: string; read: number }>(
    'SELECT relname, (seq_tup_read + idx_tup_fetch)::float8 AS read FROM pg_stat_user_tables',
  );
  const of = (table: string) => rows.find(({ relname }) => relname === table)?.read ?? Number.NaN;
  return {
    appointments: of('appointments'),
    sessions: of('text_appointment_sessions'),
    entries: of('ledger_entries'),
    events: of('session_events'),
  };
}

/** A connection that has gone has said what it read. */
async function untilGone(applicationName: string): Promise<void> {
  for (;;) {
    const { rowCount } = await server.sql.query(
      'SELECT FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, $1)',
      [applicationName],
    );
    if (rowCount === 0) return;
  }
}

/** Asks once on a connection of its own, and tells what was answered and how much was read for it. */
async function ask<T>(question: (database: Database) => Promise<T>): Promise<{ answer: T; read: RowsRead }> {
  const applicationName = 'rows-read';
  const before = await rowsRead();
  const database: Database = openDatabase({ url: server.url, maxConnections: 1, applicationName });
  const answer = await question(database);
  await database.close();
  await untilGone(applicationName);
  const after = await rowsRead();
  const read = {
    appointments: after.appointments - before.appointments,
    sessions: after.sessions - before.sessions,
    entries: after.entries - before.entries,
    events: after.events - before.events,
  };
  return { answer, read };
}

describe('among thousands of sessions', () => {
  test.each([
    ['a receipt', { appointments: [appointmentId(SESSION)] }],
    ['a timeline', { sessions: [sessionId(SESSION)] }],
  ])('%s reads the entries of one patient and the events of one session', async (_, needs) => {
    const { answer, read } = await ask(({ records }) => records.picture(needs));

    expect(answer.entries).toHaveLength(3);
    expect(answer.events).toHaveLength(7 + CLINIC.messagesEach);
    expect(read.entries).toBe(3);
    expect(read.events).toBeLessThanOrEqual(7 + CLINIC.messagesEach);
    expect(read.sessions).toBeLessThan(SESSIONS / 100);
  });

  test('the list of active sessions reads those that are active', async () => {
    const { answer, read } = await ask(({ console: store }) =>
      store.sessionIds(sessionFilter({ status: 'active' })),
    );

    expect(answer).toEqual({ items: [ACTIVE], nextCursor: null });
    expect(read.sessions).toBe(1);
  });

  test.each([
    ['first', 'ended', null, SESSIONS_OF_DOCTOR],
    // The third of the patient's four: of the doctor's, those before it, and all first and second ones.
    ['next', 'ended', { position: SESSION + 2, appointmentId: appointmentId(SESSION + 2) }, 49],
    ['first', 'active', null, 1],
    ['first', 'upcoming', null, 2],
  ] as const)('the %s page of a doctor’s %s appointments reads that page', async (_, state, cursor, all) => {
    const limit = 20;
    const { answer, read } = await ask(({ records }) =>
      records.appointments({ state, caller: DOCTOR, cursor, limit }),
    );

    expect(answer.items).toHaveLength(Math.min(limit, all));
    // When the session of the cursor started is asked for the caller as patient, and as doctor.
    const ofCursor = cursor === null ? 0 : 2;
    const most = { upcoming: { appointments: 2, sessions: 0 }, active: { appointments: 0, sessions: 1 } };
    expect(read).toMatchObject(
      state === 'ended' ? { appointments: 0, sessions: limit + 1 + ofCursor } : most[state],
    );
  });

  test('a page of the entries of a doctor who has many reads the ledger until the page is full', async () => {
    const limit = 50;
    const { answer, read } = await ask(({ console: store }) =>
      store.ledger(ledgerFilter({ doctorId: DOCTOR, limit })),
    );

    expect(answer.items).toHaveLength(limit);
    expect(answer.items.every(({ doctorId }) => doctorId === DOCTOR)).toBe(true);
    // The grants, which were written first, and then every fiftieth entry is the doctor's.
    expect(read.entries).toBeLessThanOrEqual(CLINIC.patients + (limit + 1) * DOCTORS);
  });

  test('the whole ledger of a doctor ends with the last one of the doctor’s entries', async () => {
    const { answer } = await ask(({ console: store }) =>
      store.ledger(ledgerFilter({ doctorId: DOCTOR, limit: 1_000 })),
    );

    expect(answer.items).toHaveLength(3 * SESSIONS_OF_DOCTOR);
    expect(answer.nextCursor).toBeNull();
  });

  test.each([
    ['by their numbers', null],
    ['by their time', instant(Date.parse('2025-12-31Z'))],
  ])('the few entries of a doctor that stand beyond thousands of others are found, %s', async (_, from) => {
    const { answer, read } = await ask(({ console: store }) =>
      store.ledger(ledgerFilter({ doctorId: SELDOM, from })),
    );

    expect(answer).toMatchObject({
      items: [
        { sessionId: LAST, intervalNo: 1 },
        { sessionId: LAST, intervalNo: 2 },
      ],
      nextCursor: null,
    });
    expect(read.entries).toBeGreaterThan(10_000);
  });

  test('the entries of a doctor in a period are told page by page, each once and in order', async () => {
    const from = instant(Date.parse('2026-01-02T00:20Z'));
    const to = instant(Date.parse('2026-01-02T02:20Z'));
    const told: number[] = [];
    for (let cursor: LedgerCursor | null = null; ;) {
      const filter: LedgerFilter = ledgerFilter({ doctorId: DOCTOR, from, to, cursor });
      const page = await ask(({ console: store }) => store.ledger(filter));
      const answer: Page<LedgerRecord, LedgerCursor> = page.answer;
      told.push(...answer.items.map(({ id }) => id));
      if (answer.nextCursor === null) break;
      cursor = answer.nextCursor;
    }
    const { rows } = await aside((connection) =>
      connection.query<{ id: string }>(
        `SELECT e.id FROM ledger_entries e JOIN text_appointment_sessions s ON s.id = e.session_id
         WHERE s.doctor_id = $1 AND e.effective_at >= $2 AND e.effective_at < $3 ORDER BY e.effective_at, e.id`,
        [DOCTOR, new Date(from), new Date(to)],
      ),
    );

    expect(rows.length).toBeGreaterThan(ledgerFilter().limit);
    expect(told).toEqual(rows.map(({ id }) => Number(id)));
  });

  test('the list of all sessions reads a page, and all of the ledger is seen to be read where it is', async () => {
    const page = await ask(({ console: store }) => store.sessionIds(sessionFilter()));
    const all = await ask(({ console: store }) => store.ledger(ledgerFilter({ limit: 1_000_000 })));

    expect(page.answer.items).toHaveLength(50);
    expect(page.read.sessions).toBeLessThanOrEqual(51);
    expect(all.read.entries).toBe(CLINIC.patients * ENTRIES_EACH + 2);
  });
});
