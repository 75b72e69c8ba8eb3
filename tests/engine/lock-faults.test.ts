import { afterEach, describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { type Clinic, openClinic, PATIENT, said, started } from './clinic.ts';

/** Two tries of the longest statement, and what lies between them. */
const GIVES_UP_WITHIN_MS = 15_000;

let clinic: Clinic;
afterEach(() => clinic.close());

const TWO = [1, 2] as const;

/** Patients 101 and 102, each with a grant and a session of the same number. */
async function openPair() {
  clinic = await openClinic();
  for (const id of TWO) {
    await clinic.grant(id, 5, { patient: 100 + id });
    await clinic.book(id, { patient: 100 + id });
  }
  return Promise.all(TWO.map((id) => started(clinic, id, 100 + id)));
}

/** Makes the next `times` ledger entries fail with this SQLSTATE. Counted by a sequence, which no rollback takes back. */
async function failNext(code: string, times: number): Promise<void> {
  await clinic.sql.query(`CREATE SEQUENCE failures;
    CREATE FUNCTION fail_next() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF nextval('failures') <= ${times} THEN RAISE EXCEPTION 'injected' USING ERRCODE = '${code}'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER fail_next BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION fail_next()`);
}

const charges = async () => (await clinic.ledger()).filter(({ kind }) => kind === 'charge');

describe('a deadlock with somebody who locks accounts in another order', () => {
  test('costs the engine one more try: everybody is answered, and each block is charged once', async () => {
    const sessions = await openPair();
    const { sql: stranger } = await clinic.openSql();
    // The engine shall be the one that PostgreSQL chooses.
    await stranger.query(`SET deadlock_timeout = '60s'`);
    await stranger.query('BEGIN');
    await stranger.query('SELECT FROM accounts WHERE patient_id = 102 FOR UPDATE');
    await clinic.at(12);
    const settling = Promise.all(sessions.map((id) => clinic.settle(id)));
    await clinic.untilSomebodyWaitsForALock();
    await stranger.query('SELECT FROM accounts WHERE patient_id = 101 FOR UPDATE');
    await stranger.query('COMMIT');
    expect((await settling).map(({ kind }) => kind)).toEqual(['ended', 'ended']);
    const { rows } = await clinic.sql.query(
      'SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(rows).toEqual([{ deadlocks: 1 }]);
    expect((await charges()).map(({ no }) => no)).toEqual([1, 1]);
    expect(clinic.brokenBatches).toEqual([]);
  });
});

describe('a serialization failure', () => {
  test('is tried again at once, and again: the command is done once', async () => {
    await openPair();
    await failNext('40001', 5);
    await clinic.at(12);
    await clinic.write(1, PATIENT);
    const { rows } = await clinic.sql.query('SELECT last_value::integer AS tries FROM failures');
    expect(rows).toEqual([{ tries: 6 }]);
    expect((await charges()).map(({ no }) => no)).toEqual([1]);
    expect(clinic.brokenBatches).toEqual([]);
  });

  test('cannot come from the default of the database: the engine asks for what its locks need', async () => {
    const sessions = await openPair();
    await clinic.sql.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database()); END $$`,
    );
    const other = clinic.open();
    const { sql: stranger } = await clinic.openSql();
    const { rows } = await stranger.query('SHOW default_transaction_isolation');
    expect(rows).toEqual([{ default_transaction_isolation: 'serializable' }]);
    await stranger.query('BEGIN');
    await stranger.query('SELECT FROM accounts FOR UPDATE');
    await clinic.at(12);
    // Its transaction has begun before the charge of the other, and must see it all the same.
    const settling = Promise.all(sessions.map((id) => other.settle(id)));
    await clinic.untilSomebodyWaitsForALock();
    await stranger.query(`UPDATE grants SET units_total = units_total + 1, remaining = remaining + 1`);
    await stranger.query('COMMIT');
    await settling;
    expect(other.brokenBatches).toEqual([]);
    expect((await clinic.units(1))?.remaining).toBe(5);
  });
});

describe('a transaction that idles with the lock of an account', () => {
  test('is reported as unavailable within a bounded time, and the command can be sent again once the lock is free', async () => {
    await openPair();
    const { sql: hog } = await clinic.openSql();
    await hog.query('BEGIN');
    await hog.query('SELECT FROM accounts WHERE patient_id = 101 FOR UPDATE');
    const askedAt = performance.now();
    await expect(clinic.end(1, PATIENT)).rejects.toThrow(StoreUnavailable);
    expect(performance.now() - askedAt).toBeLessThan(GIVES_UP_WITHIN_MS);
    expect(said(await clinic.end(2, 102)), 'the other account is free').toBe('ended');
    await hog.query('ROLLBACK');
    expect(said(await clinic.end(1, PATIENT))).toBe('ended');
  });

  test('fails alone: the neighbours in its batch are served', async () => {
    await openPair();
    const { sql: hog } = await clinic.openSql();
    await hog.query('BEGIN');
    await hog.query('SELECT FROM accounts WHERE patient_id = 101 FOR UPDATE');
    const [held, neighbour] = await Promise.allSettled([clinic.end(1, PATIENT), clinic.end(2, 102)]);
    expect(held.status).toBe('rejected');
    expect(neighbour.status).toBe('fulfilled');
    await hog.query('ROLLBACK');
  });
});

describe('a statement that takes longer than its limit', () => {
  test('is reported as unavailable, has changed nothing, and can be sent again', async () => {
    await openPair();
    await clinic.sql.query(`CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
      CREATE TRIGGER stall BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION stall()`);
    await clinic.at(5);
    const askedAt = performance.now();
    await expect(clinic.end(1, PATIENT)).rejects.toThrow(StoreUnavailable);
    expect(performance.now() - askedAt).toBeLessThan(GIVES_UP_WITHIN_MS);
    expect(await charges()).toEqual([]);
    await clinic.sql.query('DROP TRIGGER stall ON ledger_entries');
    expect(said(await clinic.end(1, PATIENT))).toBe('ended');
    expect((await charges()).map(({ no }) => no)).toEqual([1]);
  });
});
