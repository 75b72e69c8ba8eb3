import { afterEach, expect, test } from 'vitest';
import type { SessionId } from '../../src/billing/ids.ts';
import { randomFrom } from '../../tools/kit/random.ts';
import {
  type Clinic,
  DOCTOR,
  MINUTE,
  NINE,
  openClinic,
  PATIENT,
  type Process,
  said,
  started,
} from './clinic.ts';

let clinic: Clinic;
afterEach(() => clinic.close());

const SEEDS = Array.from({ length: 20 }, (_seed, index) => index + 1);

test.for(SEEDS)('fifty callers at once leave one true ledger, seed %i', async (seed) => {
  const random = randomFrom(seed, 'callers');
  const one = random.pick;
  clinic = await openClinic({
    policy: {
      idleMs: one([null, 7 * MINUTE]),
      doctorResponseMs: one([null, 12 * MINUTE]),
      maxDurationMs: one([null, 35 * MINUTE]),
      noActivityUnits: one([0, 1] as const),
    },
  });
  await clinic.grant(1, 3, { startsAt: NINE - MINUTE, expiresAt: NINE + 25 * MINUTE });
  await clinic.grant(2, 2, { startsAt: NINE - MINUTE });
  const sessions: SessionId[] = [];
  for (const appointment of [1, 2]) {
    await clinic.book(appointment);
    sessions.push(await started(clinic, appointment));
  }
  const processes = [clinic, clinic.open(), clinic.open()];
  let grants = 2;
  const callers: ((process: Process, appointment: number) => Promise<unknown>)[] = [
    (process, appointment) => process.write(appointment, one([PATIENT, DOCTOR])),
    (process, appointment) => process.write(appointment, one([PATIENT, DOCTOR])),
    (process, appointment) => process.send(appointment, one([PATIENT, DOCTOR]), 'how are you?'),
    (process, appointment) => process.start(appointment, one([PATIENT, DOCTOR])),
    (process) => process.settle(one(sessions)),
    (process) => process.settle(one(sessions)),
    (process) => process.sweepPage(10, null),
    (process) => {
      grants += 1;
      return process.grant(grants, 1);
    },
    (process) => process.adjust(1, one([1, -1])),
    (process, appointment) => process.status(appointment, PATIENT),
    (process, appointment) =>
      random.chance(0.15) ? process.end(appointment, DOCTOR) : process.settle(one(sessions)),
  ];
  for (const minutes of [4, 10, 19.99, 20, 31]) {
    await clinic.at(minutes);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => one(callers)(one(processes), one([1, 2]))),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  }
  await clinic.at(1000);
  for (const id of sessions) expect(said(await clinic.settle(id))).toBe('ended');
  await expectTrueLedger(clinic, sessions);
});

async function expectTrueLedger(
  { sql, ledger, session }: Clinic,
  sessions: readonly SessionId[],
): Promise<void> {
  for (const id of sessions) {
    const lines = await ledger(id);
    const charges = lines.filter(({ kind }) => kind === 'charge');
    const refunds = lines.filter(({ kind }) => kind === 'refund');
    expect(charges.map(({ no }) => no)).toEqual(charges.map((_charge, index) => index + 1));
    for (const { reason, no, due } of charges) if (reason === 'interval') expect(due).toBe((no ?? 0) * 10);
    const { used, ended, active } = await session(id);
    expect(active).toBe(false);
    expect(used).toBe(charges.length - refunds.length);
    for (const { due } of lines) expect(due).toBeLessThanOrEqual(ended ?? -1);
  }
  const untrue = await sql.query(`
    SELECT g.id FROM grants g JOIN ledger_entries e ON e.grant_id = g.id
    GROUP BY g.id HAVING g.remaining <> sum(e.units) OR g.held <> 0 OR g.remaining < 0`);
  expect(untrue.rows).toEqual([]);
  const balances = await sql.query(`
    SELECT id FROM (
      SELECT id, balance_after, sum(units) OVER (PARTITION BY grant_id ORDER BY id) AS balance FROM ledger_entries
    ) AS running WHERE balance <> balance_after OR balance < 0`);
  expect(balances.rows).toEqual([]);
  const gaps = await sql.query(`
    SELECT s.id FROM text_appointment_sessions s JOIN session_events e ON e.session_id = s.id
    GROUP BY s.id HAVING count(*) <> s.event_count OR max(event_no) <> s.event_count
      OR count(*) FILTER (WHERE e.type = 'message') <> s.message_count
      OR bool_or(e.effective_at > s.ended_at)`);
  expect(gaps.rows).toEqual([]);
}
