import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { createEmptyDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { type Program, startProgram, untilReady } from '../../tools/kit/product-program.ts';
import { SECRET, tokenFor } from '../../tools/kit/tokens.ts';

/** The whole product, queue and all, in a schema of a database that belongs to somebody else, with a role that owns nothing. */
const ROLE = `${inject('databasePrefix')}product`;
const ADMIN = 1;
const PATIENT = 101;
const DOCTOR = 201;
const APPOINTMENT = 501;

let database: TestDatabase;
let sql: Client;
let api: Program;
let worker: Program;

beforeAll(async () => {
  database = await createEmptyDatabase();
  sql = new Client({ connectionString: database.url });
  await sql.connect();
  await sql.query(`
    CREATE TABLE appointments (booked text);
    CREATE TABLE ledger_entries (entered text);
    CREATE TABLE job (worked text)`);
  const url = new URL(database.url);
  url.searchParams.set('schema', 'engine');
  // Options of the clinic's own; the last three would be the end of the engine if they replaced its own.
  url.searchParams.set(
    'options',
    '-c geqo=on -c search_path=public -c plan_cache_mode=auto -c default_transaction_isolation=serializable',
  );
  const ofEngine = new URL(url);
  ofEngine.username = ROLE;
  ofEngine.password = 'of-the-engine';
  await prepareDatabase(ofEngine.href, null, url.href);
  const settings = { DATABASE_URL: ofEngine.href, JWT_SECRET: SECRET, SESSION_INTERVAL_SECONDS: '2' };
  [api, worker] = await Promise.all([
    startProgram('src/server.ts', settings),
    startProgram('workers/worker.ts', settings),
  ]);
  await Promise.all([untilReady(api), untilReady(worker)]);
});
afterAll(async () => {
  await Promise.all([api.stop(), worker.stop()]);
  await sql.query(`DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
  await sql.end();
  await database.drop();
});

async function call(method: string, path: string, user: number, body?: object): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${api.port}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokenFor(user, user === ADMIN ? { role: 'admin' } : {})}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text}`);
  return JSON.parse(text);
}

test('the product bills in the schema that the URL names, and leaves the tables of others alone', async () => {
  await call('PUT', `/admin/subscriptions/${APPOINTMENT}`, ADMIN, { patient_id: PATIENT, sessions_total: 3 });
  await call('PUT', `/admin/appointments/${APPOINTMENT}`, ADMIN, {
    patient_id: PATIENT,
    doctor_id: DOCTOR,
    type: 'text',
    status: 'confirmed',
    scheduled_at: '2026-01-01T00:00:00Z',
  });
  await call('POST', '/text-appointments/start-session', PATIENT, { appointment_id: APPOINTMENT });
  await call('POST', `/text-appointments/${APPOINTMENT}/messages`, PATIENT, {
    client_message_id: '00000000-0000-4000-8000-000000000001',
    text: 'good morning',
  });

  await expect
    .poll(() => call('GET', '/admin/ledger', ADMIN), { timeout: 20_000 })
    .toMatchObject({ data: { entries: [{ kind: 'grant' }, { kind: 'charge', reason: 'interval' }] } });
  const { rows } = await sql.query(`
    SELECT (SELECT count(*) FROM appointments) + (SELECT count(*) FROM ledger_entries) + (SELECT count(*) FROM job)
      AS theirs`);
  expect(rows).toEqual([{ theirs: '0' }]);
});

test('the API is not ready where the queue cannot find what it needs, and ready again once it can', async () => {
  const status = async (): Promise<number> =>
    (await fetch(`http://127.0.0.1:${api.port}/health/ready`)).status;
  expect(await status()).toBe(200);

  await sql.query('ALTER SCHEMA engine_bullmq RENAME TO put_away');
  await expect.poll(status, { timeout: 20_000 }).toBe(503);

  await sql.query('ALTER SCHEMA put_away RENAME TO engine_bullmq');
  await expect.poll(status, { timeout: 20_000 }).toBe(200);
});
