import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LedgerCursor } from '../../src/sessions/console-store.ts';
import { type Clinic, openClinic, type Process } from './clinic.ts';
import { ledgerFilter } from '../../tools/kit/list-filters.ts';

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
});
afterEach(() => clinic.close());

const PATIENTS = [1, 2, 3];

/** From now on, what patient 1 writes is committed once the test lets it. */
async function holdCommitsOfPatient1() {
  await clinic.sql.query(`
    CREATE TABLE held (id integer);
    INSERT INTO held VALUES (1);
    CREATE FUNCTION wait_until_let() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        WHILE EXISTS (SELECT FROM held) LOOP PERFORM pg_sleep(0.01); END LOOP;
        RETURN NULL;
      END $$;
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.patient_id = 1) EXECUTE FUNCTION wait_until_let()`);
  return {
    untilHeld: async () => {
      const isHeld = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
      for (;;) if ((await clinic.sql.query(isHeld)).rows.length > 0) return;
    },
    letGo: () => clinic.sql.query('DELETE FROM held'),
  };
}

/** Whose entries a client has seen that follows the ledger by its cursor: page after page, until there is no more for now. */
async function follow(
  process: Process,
  from: { cursor: LedgerCursor | null },
  limit: number,
): Promise<number[]> {
  const seen: number[] = [];
  for (;;) {
    const { items } = await process.reads.ledger(ledgerFilter({ cursor: from.cursor, limit }));
    const last = items.at(-1);
    if (last === undefined) return seen;
    from.cursor = { effectiveAt: null, entryId: last.id };
    seen.push(...items.map(({ patientId }) => patientId));
  }
}

test('a reader who follows the ledger sees entry 1, 2, 3, although 2 and 3 were committed first', async () => {
  const commits = await holdCommitsOfPatient1();
  const other = clinic.open();
  // So that its connections are open, and nothing takes long while the commit is held.
  await other.grant(99, 0, { patient: 99 });
  const place = { cursor: null };
  await follow(other, place, 1);
  const first = clinic.grant(1, 5, { patient: 1 });
  await commits.untilHeld();
  await other.grant(2, 5, { patient: 2 });
  await other.grant(3, 5, { patient: 3 });
  const before = await follow(other, place, 1);
  await commits.letGo();
  await first;

  expect([...before, ...(await follow(other, place, 1))]).toEqual(PATIENTS);
});

test('an entry that is rolled back, and a transaction that writes no entry, hold no other entry back', async () => {
  await clinic.grant(1, 5, { patient: 1 });
  const { sql } = await clinic.openSql();
  await sql.query('BEGIN');
  await sql.query(`INSERT INTO accounts (patient_id) VALUES (99)`);
  await clinic.sql.query('BEGIN');
  await clinic.sql.query(`
    INSERT INTO ledger_entries (patient_id, grant_id, units, balance_after, effective_at, recorded_at, kind, reason, actor_role)
    SELECT patient_id, grant_id, 0, balance_after, effective_at, recorded_at, 'adjustment', 'correction', 'system'
    FROM ledger_entries`);
  await clinic.sql.query('ROLLBACK');
  await clinic.grant(2, 5, { patient: 2 });
  await clinic.grant(3, 5, { patient: 3 });

  expect(await follow(clinic, { cursor: null }, 10)).toEqual(PATIENTS);
  await sql.query('ROLLBACK');
});

test.each([1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40])(
  'an entry that somebody writes by hand holds those after it back until it is committed, with number %i, too',
  async (number) => {
    await clinic.sql.query(`SELECT setval('ledger_entries_id_seq', ${number}, false)`);
    await clinic.grant(1, 5, { patient: 1 });
    const { sql } = await clinic.openSql();
    await sql.query('BEGIN');
    await sql.query(`
    INSERT INTO ledger_entries (patient_id, grant_id, units, balance_after, effective_at, recorded_at, kind, reason, actor_role)
    SELECT patient_id, grant_id, 0, balance_after, effective_at, recorded_at, 'adjustment', 'correction', 'system'
    FROM ledger_entries`);
    await clinic.grant(2, 5, { patient: 2 });
    const place = { cursor: null };

    expect(await follow(clinic, place, 10)).toEqual([1]);
    await sql.query('COMMIT');
    expect(await follow(clinic, place, 10)).toEqual([1, 2]);
  },
);

test('a ledger that was restored from a dump is shown whole, under the numbers that it had', async () => {
  await clinic.grant(1, 5, { patient: 1 });
  await clinic.sql.query(`
    INSERT INTO ledger_entries (id, patient_id, grant_id, units, balance_after, effective_at, recorded_at, kind, reason, actor_role)
      OVERRIDING SYSTEM VALUE
      SELECT 5000, patient_id, grant_id, 0, balance_after, effective_at, recorded_at, 'adjustment', 'correction', 'system'
      FROM ledger_entries;
    SELECT setval('ledger_entries_id_seq', 5000)`);
  await clinic.grant(2, 5, { patient: 2 });

  expect(await follow(clinic, { cursor: null }, 10)).toEqual([1, 1, 2]);
});

test('a reader who follows the ledger misses nothing while two processes write at once', async () => {
  const EACH = 400;
  const writers = [clinic.open(), clinic.open()];
  const progress = { isWritten: false };
  const written = Promise.all(
    writers.map(async (writer, index) => {
      for (let done = 0; done < EACH; done += 4)
        await Promise.all(
          [1, 2, 3, 4].map((n) => {
            const id = 1_000 * (index + 1) + done + n;
            return writer.grant(id, 1, { patient: id });
          }),
        );
    }),
  ).then(() => (progress.isWritten = true));
  const place = { cursor: null };
  const seen: number[] = [];
  while (!progress.isWritten) seen.push(...(await follow(clinic, place, 50)));
  await written;
  seen.push(...(await follow(clinic, place, 50)));

  const { rows } = await clinic.sql.query<{ patient: number }>(
    'SELECT patient_id::integer AS patient FROM ledger_entries ORDER BY id',
  );
  expect(rows).toHaveLength(2 * EACH);
  expect(seen).toEqual(rows.map(({ patient }) => patient));
});
