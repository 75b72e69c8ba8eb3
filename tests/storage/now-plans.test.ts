import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLastHour, findState } from '../../src/storage/sql/now.ts';
import { createDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { openConnection, walkPlan } from '../../tools/kit/plan-walk.ts';
import { fillBigClinic } from '../audit/big-clinic.ts';

const CLINIC = { patients: 1_000, sessionsEach: 8, messagesEach: 1 };
const ENTRIES = CLINIC.patients * (1 + 3 * CLINIC.sessionsEach);
/** Written just now. */
const CHARGES = 300;

let server: TestDatabase;
let opened: Awaited<ReturnType<typeof openConnection>>;
beforeAll(async () => {
  server = await createDatabase();
  const sql = new Client({ connectionString: server.url });
  await sql.connect();
  await fillBigClinic(sql, CLINIC);
  // As if the newest of them had been written within the last minutes.
  await sql.query('SET session_replication_role = replica');
  await sql.query(
    `UPDATE ledger_entries SET recorded_at = session_clock() WHERE id > (SELECT max(id) - ${CHARGES} FROM ledger_entries)`,
  );
  await sql.query('VACUUM FULL ledger_entries');
  await sql.query('VACUUM ANALYZE');
  await sql.end();
  opened = await openConnection(server.url, 'console');
});
afterAll(async () => {
  await opened.close();
  await server.drop();
});

test('the last hour is found by the time of writing: of a long ledger little more is read than what is new', async () => {
  const { indexes, rows } = await walkPlan(opened.connection, findLastHour(), new Set(['ledger_entries']));
  expect(indexes).toEqual(['ledger_recorded_idx']);
  expect(rows).toBeLessThan(ENTRIES / 4);
});

test('how it stands is found without reading any session that has ended, but the oldest', async () => {
  const { indexes, rows } = await walkPlan(
    opened.connection,
    findState(),
    new Set(['text_appointment_sessions']),
  );
  expect(indexes).toContain('sessions_next_deadline_idx');
  expect(rows).toBeLessThanOrEqual(2);
});
