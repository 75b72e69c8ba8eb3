/** The seed data in a data directory of its own, as `npm run seed` puts it there. */
import { rm } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { END_REASONS } from '../../web/src/end-reasons.ts';
import { seedDatabase } from '../../tools/seed/seed-database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/standalone/postgres.ts';
import { makeTemporaryDirectory } from '../standalone/temporary-directory.ts';

const LIMIT_MS = 180_000;

describe('The seed data', () => {
  let dataDir: string;
  let nowMs: number;
  let postgres: EmbeddedPostgres;
  let sql: Client;

  beforeAll(async () => {
    dataDir = `${await makeTemporaryDirectory()}/data`;
    nowMs = Date.now();
    // It throws where the auditor finds a difference.
    await seedDatabase({ dataDir, nowMs, print: () => {} });
    postgres = await startEmbeddedPostgres({ dataDir, log: () => {} });
    sql = new Client({ connectionString: postgres.url });
    await sql.connect();
  }, LIMIT_MS);
  afterAll(async () => {
    await sql.end();
    await postgres.stop();
    await rm(dataDir, { recursive: true });
  });

  const column = async (statement: string): Promise<readonly unknown[]> =>
    (await sql.query<{ found: unknown }>(statement)).rows.map(({ found }) => found);

  test('has a session that ended for each reason there is, and some that go on', async () => {
    expect(
      await column(
        'SELECT DISTINCT end_reason AS found FROM text_appointment_sessions WHERE is_ended ORDER BY 1',
      ),
    ).toEqual(Object.keys(END_REASONS).toSorted());
    const [active] = await column(
      'SELECT count(*)::integer AS found FROM text_appointment_sessions WHERE is_active',
    );
    expect(active).toBeGreaterThanOrEqual(1);
  });

  test('has more sessions than one page of the list, of a dozen patients', async () => {
    const [sessions] = await column('SELECT count(*)::integer AS found FROM text_appointment_sessions');
    expect(sessions).toBeGreaterThan(50);
    const [patients] = await column('SELECT count(*)::integer AS found FROM accounts');
    expect(patients).toBeGreaterThanOrEqual(12);
  });

  test('has what was written late, given back, taken back and adjusted, and grants that expired with units', async () => {
    const [late] = await column(
      `SELECT count(*)::integer AS found FROM ledger_entries WHERE recorded_at > effective_at + interval '20 minutes'`,
    );
    expect(late).toBeGreaterThanOrEqual(3);
    expect(await column('SELECT DISTINCT kind AS found FROM ledger_entries ORDER BY 1')).toEqual([
      'adjustment',
      'charge',
      'grant',
      'refund',
    ]);
    const [takenBack] = await column(
      'SELECT count(*)::integer AS found FROM ledger_entries WHERE takes_back IS NOT NULL',
    );
    expect(takenBack).toBe(1);
    const [expired] = await column(
      'SELECT count(*)::integer AS found FROM grants WHERE expires_at < session_clock() AND remaining > 0',
    );
    expect(expired).toBeGreaterThanOrEqual(1);
  });

  test('has one session of twelve blocks and two hundred messages, and sessions of one block', async () => {
    const [longest] = await column(
      `SELECT message_count || ' ' || ceil(extract(epoch FROM ended_at - start_time) / 600) AS found
       FROM text_appointment_sessions WHERE is_ended ORDER BY message_count DESC LIMIT 1`,
    );
    expect(longest).toBe('200 12');
    const [short] = await column(
      `SELECT count(*)::integer AS found FROM text_appointment_sessions WHERE ended_at < start_time + interval '10 minutes'`,
    );
    expect(short).toBeGreaterThanOrEqual(1);
  });

  test('ends before it was made, on a clock that goes again', async () => {
    const [latest] = await column('SELECT max(epoch_ms(recorded_at))::float8 AS found FROM ledger_entries');
    expect(latest).toBeLessThanOrEqual(nowMs);
    const [clock] = await column('SELECT epoch_ms(session_clock())::float8 AS found');
    expect(clock).toBeGreaterThanOrEqual(nowMs);
    expect(await column(`SELECT to_regclass('public.moved_clock') AS found`)).toEqual([null]);
  });
});

describe('Seed data for a database in which there is something', () => {
  test('is refused, and everything stays as it was', async () => {
    const dataDir = `${await makeTemporaryDirectory()}/data`;
    const postgres = await startEmbeddedPostgres({ dataDir, log: () => {} });
    const sql = new Client({ connectionString: postgres.url });
    await sql.connect();
    await sql.query('CREATE TABLE accounts (patient_id bigint)');
    await sql.query('INSERT INTO accounts VALUES (7)');
    await sql.end();
    await postgres.stop();
    await expect(seedDatabase({ dataDir, nowMs: Date.now(), print: () => {} })).rejects.toThrow(
      /there is something in DATA_DIR .* already/,
    );
    await rm(dataDir, { recursive: true });
  });
});
