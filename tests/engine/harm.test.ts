import { afterEach, describe, expect, test } from 'vitest';
import { cutCommits } from '../../tools/kit/commit-cutter.ts';
import { type Clinic, DOCTOR, openClinic, openProcess, PATIENT, said, started } from './clinic.ts';

let clinic: Clinic;
afterEach(() => clinic.close());

/** Patients 101 to 100 + count, each with a grant and a booked appointment of the same number. */
async function openWard(count: number) {
  clinic = await openClinic();
  const numbers = Array.from({ length: count }, (_patient, index) => index + 1);
  await Promise.all(
    numbers.flatMap((id) => [
      clinic.grant(id, 5, { patient: 100 + id }),
      clinic.book(id, { patient: 100 + id }),
    ]),
  );
  return numbers;
}

describe('a command that the database refuses', () => {
  test('fails alone: its fifteen neighbours in the batch are answered and kept', async () => {
    const numbers = await openWard(16);
    const sessions = await Promise.all(numbers.map((id) => started(clinic, id, 100 + id)));
    await clinic.at(5);
    await Promise.all(numbers.map((id) => clinic.write(id, 100 + id)));
    const poisoned = sessions[6];
    // Somebody wrote a charge by hand: the engine's own for that block can never be kept.
    await clinic.sql.query(
      `INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at,
         recorded_at, kind, reason, actor_role)
       VALUES (107, 7, $1, 1, -1, 4, session_clock(), session_clock(), 'charge', 'interval', 'system')`,
      [poisoned],
    );
    await clinic.at(10);
    const outcomes = await Promise.allSettled(sessions.map((id) => clinic.settle(id)));
    expect(outcomes.map(({ status }) => status)).toEqual(
      sessions.map((id) => (id === poisoned ? 'rejected' : 'fulfilled')),
    );
    expect(clinic.brokenBatches.length).toBeGreaterThan(0);
    for (const id of sessions) expect((await clinic.session(id)).used).toBe(id === poisoned ? 0 : 1);
  });

  test('does not stop the sweep: the page after it is settled', async () => {
    const numbers = await openWard(4);
    const sessions = await Promise.all(numbers.map((id) => started(clinic, id, 100 + id)));
    await clinic.sql.query(
      `UPDATE text_appointment_sessions SET policy = '{"intervalMs": 0.5}' WHERE id = $1`,
      [sessions[0]],
    );
    await clinic.at(10);
    const page = await clinic.sweepPage(2, null);
    const rest = await clinic.sweepPage(2, page.next);
    expect([...page.sessions, ...rest.sessions].map(({ outcome }) => outcome).toSorted()).toEqual([
      'ended',
      'ended',
      'ended',
      'failed',
    ]);
  });
});

describe('a COMMIT whose outcome is unknown', () => {
  test('does no harm: each command is run again and finds what it did', async () => {
    clinic = await openClinic();
    await clinic.grant(1, 5);
    await clinic.book(1);
    const wire = await cutCommits(clinic.url);
    const process = openProcess(wire.url);
    try {
      wire.cutNext();
      const id = await started(process, 1);
      wire.cutNext();
      const message = '0b0e8a52-9f0e-4a43-93d4-6a5a1fe4bd7b';
      expect(said(await process.send(1, PATIENT, 'hello', message))).toBe('stored_before');
      await clinic.at(10);
      wire.cutNext();
      expect(await process.settle(id)).toMatchObject({ kind: 'active' });
      await clinic.at(12);
      wire.cutNext();
      expect(said(await process.end(1, DOCTOR))).toBe('ended_before');
      wire.cutNext();
      expect(said(await process.adjust(1, 2, 'a key'))).toBe('recorded_before');
      expect(wire.cuts()).toBe(5);
      expect((await clinic.ledger()).map(({ kind, reason, no, units }) => [kind, reason, no, units])).toEqual(
        [
          ['charge', 'interval', 1, -1],
          ['charge', 'manual_end', 2, -1],
          ['adjustment', 'correction', null, 2],
        ],
      );
      const { rows } = await clinic.sql.query('SELECT count(*)::integer AS messages FROM messages');
      expect(rows).toEqual([{ messages: 1 }]);
    } finally {
      await process.close();
      await wire.close();
    }
  });
});

describe('the fast path for an activity', () => {
  test('and a settlement at the same time in another process agree on who was first', async () => {
    clinic = await openClinic({ policy: { idleMs: 60_000 } });
    await clinic.grant(1, 100);
    const other = clinic.open();
    for (let round = 1; round <= 20; round += 1) {
      await clinic.at(round * 100);
      await clinic.book(round, { scheduledAt: 0 });
      const id = await started(clinic, round);
      await clinic.write(round, PATIENT);
      await clinic.at(round * 100 + 1 - 0.0001);
      const [activity] = await Promise.all([
        clinic.write(round, PATIENT),
        other.settle(id),
        clinic.at(round * 100 + 1).then(() => other.settle(id)),
      ]);
      const { active } = await clinic.session(id);
      // Accepted before the idle deadline, the activity keeps the session alive; refused, the session is over.
      expect(active, `round ${round}`).toBe(activity.kind === 'recorded');
      if (active) await clinic.end(round, PATIENT);
    }
  });

  test('is never overwritten by a settlement that did not see it', async () => {
    clinic = await openClinic({ policy: { idleMs: 60_000 } });
    await clinic.grant(1, 5);
    await clinic.book(1);
    const id = await started(clinic, 1);
    await clinic.write(1, PATIENT);
    const { sql } = await clinic.openSql();
    // An activity of another process, accepted at 0:59 and not yet committed.
    await sql.query('BEGIN');
    await sql.query(
      `UPDATE text_appointment_sessions SET last_activity_time = session_clock() + interval '59 s'`,
    );
    await clinic.at(1);
    const settling = clinic.settle(id);
    await clinic.untilSomebodyWaitsForALock();
    await sql.query('COMMIT');
    expect(await settling).toMatchObject({ kind: 'active', delayMs: 59_000 });
    expect((await clinic.session(id)).active).toBe(true);
  });

  test('waits for nobody: while one session is held, an activity in another is recorded, and that in the held one after', async () => {
    for (const number of await openWard(2)) {
      await started(clinic, number, 100 + number);
      await clinic.write(number, 100 + number);
    }
    const { sql: hog } = await clinic.openSql();
    await hog.query('BEGIN');
    await hog.query('SELECT FROM text_appointment_sessions WHERE appointment_id = 1 FOR NO KEY UPDATE');
    const held = clinic.write(1, 101);
    // Sent together with the held one, and again while that one waits.
    expect(said(await clinic.write(2, 102))).toBe('recorded');
    await clinic.untilSomebodyWaitsForALock();
    expect(said(await clinic.write(2, 102))).toBe('recorded');
    await hog.query('COMMIT');
    expect(said(await held)).toBe('recorded');
  });

  test('takes no account lock, writes no event, and is closed to a stranger', async () => {
    clinic = await openClinic();
    await clinic.grant(1, 5);
    await clinic.book(1);
    await started(clinic, 1);
    await clinic.write(1, PATIENT);
    await clinic.at(3);
    await clinic.sql.query('BEGIN');
    await clinic.sql.query('SELECT FROM accounts FOR UPDATE');
    const outcome = await clinic.write(1, PATIENT);
    await clinic.sql.query('COMMIT');
    expect(said(outcome)).toBe('recorded');
    expect(said(await clinic.write(1, 999))).toBe('not_a_participant');
    const { rows } = await clinic.sql.query(
      `SELECT count(*)::integer AS activities FROM session_events WHERE type = 'activity'`,
    );
    expect(rows).toEqual([{ activities: 1 }]);
  });
});
