import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import { findSettled } from '../../src/storage/sql/deadlines.ts';
import { type Clinic, DOCTOR, MINUTE, NINE, openClinic, PATIENT, started } from '../engine/clinic.ts';

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic();
});
afterAll(() => clinic.close());

const at = (minutes: number) => instant(NINE + minutes * MINUTE);

test('a deadline is told with what was charged, given back and ended at it, and with nothing of another', async () => {
  await clinic.grant(1, 9);
  await clinic.book(101);
  const session = await started(clinic, 101);
  await clinic.write(101, PATIENT);
  await clinic.write(101, DOCTOR);
  await clinic.at(10.5);
  await clinic.settle(session);
  const { settledAt } = clinic.database.deadlines;
  expect(await settledAt(session, at(10))).toStrictEqual({
    charged: [{ block: 1, units: 1, reason: 'interval' }],
    refunded: [],
    ended: null,
    recordedAt: at(10.5),
  });
  const { rows } = await clinic.sql.query<{ id: string }>(
    `SELECT id FROM ledger_entries WHERE kind = 'charge'`,
  );
  await clinic.at(11);
  await clinic.refund(Number(rows[0]?.id));
  await clinic.end(101, PATIENT);
  expect(await settledAt(session, at(11))).toMatchObject({
    refunded: [{ block: 1, units: 1, reason: 'correction' }],
    ended: 'manual_end',
    recordedAt: at(11),
  });
  expect(await settledAt(session, at(20))).toStrictEqual({
    charged: [],
    refunded: [],
    ended: null,
    recordedAt: null,
  });
});

test('that is found by an index, however long the ledger is', async () => {
  const { text, values } = findSettled([{ sessionId: sessionId(1), at: at(10) }]);
  // Where there is an index, it is taken now, although the ledger of a test is short.
  await clinic.sql.query('SET enable_seqscan = off');
  const { rows } = await clinic.sql.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...values]);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('ledger_one_charge_per_block');
  expect(plan).toContain('ledger_one_refund_per_charge');
  expect(plan).not.toContain('Seq Scan');
});
