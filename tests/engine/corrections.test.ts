import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../../src/billing/ids.ts';
import { ADMIN, type Clinic, DOCTOR, MINUTE, NINE, openClinic, PATIENT, said, started } from './clinic.ts';
import { sessionFilter } from '../../tools/kit/list-filters.ts';

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
  await clinic.grant(1, 5);
  await clinic.book(1);
});
afterEach(() => clinic.close());

const entries = async (kind: string): Promise<number[]> => {
  const { rows } = await clinic.sql.query<{ id: number }>(
    'SELECT id::integer FROM ledger_entries WHERE kind = $1 ORDER BY id',
    [kind],
  );
  return rows.map(({ id }) => id);
};

describe('what was bought', () => {
  test('said again with the same words changes nothing', async () => {
    await clinic.at(5);
    expect(said(await clinic.grant(1, 5))).toBe('stored');
    expect(await clinic.ledger()).toEqual([]);
    expect(await clinic.units(1)).toEqual({ remaining: 5, held: 0 });
  });

  test('said again after a correction still changes nothing: corrections are apart', async () => {
    await clinic.adjust(1, 3);
    await clinic.grant(1, 5);
    expect(await clinic.units(1)).toEqual({ remaining: 8, held: 0 });
  });

  test('said with another total is an adjustment by the difference', async () => {
    await clinic.grant(1, 9);
    await clinic.grant(1, 7);
    expect(
      (await clinic.ledger()).map(({ kind, reason, units, balance }) => [kind, reason, units, balance]),
    ).toEqual([
      ['adjustment', 'subscription', 4, 9],
      ['adjustment', 'subscription', -2, 7],
    ]);
  });

  test('never goes below what is used and held', async () => {
    await started(clinic, 1);
    await clinic.at(3);
    await clinic.write(1, PATIENT);
    await clinic.at(12);
    expect(said(await clinic.grant(1, 1)), 'one used, one held').toBe('subscription_total_too_low');
    expect(said(await clinic.grant(1, 2))).toBe('stored');
    expect(await clinic.units(1)).toEqual({ remaining: 1, held: 1 });
  });

  test('that would expire before it starts is refused, new or changed', async () => {
    expect(said(await clinic.grant(2, 5, { expiresAt: NINE - MINUTE }))).toBe('subscription_validity_empty');
    expect(said(await clinic.grant(1, 5, { expiresAt: NINE }))).toBe('subscription_validity_empty');
    expect(said(await clinic.grant(1, 5, { expiresAt: NINE + MINUTE }))).toBe('stored');
  });

  test('belongs to one patient for ever', async () => {
    expect(said(await clinic.grant(1, 5, { patient: 102 }))).toBe('subscription_in_use');
  });

  test('that changes settles the account first: a unit given at 12 does not pay for the boundary at 10', async () => {
    await clinic.grant(2, 1, { patient: 102 });
    await clinic.book(2, { patient: 102 });
    const id = await started(clinic, 2, 102);
    await clinic.at(4);
    await clinic.write(2, 102);
    await clinic.at(12);
    await clinic.adjust(2, 5);
    expect(await clinic.session(id)).toMatchObject({ ended: 10, reason: 'balance_exhausted' });
  });
});

describe('a refund', () => {
  test('goes back once, to the grant it came from, and the same key answers the same', async () => {
    const id = await started(clinic, 1);
    await clinic.at(5);
    await clinic.end(1, PATIENT);
    const [charge] = await entries('charge');
    expect(said(await clinic.refund(charge ?? 0, 'key'))).toBe('recorded');
    expect(said(await clinic.refund(charge ?? 0, 'key'))).toBe('recorded_before');
    expect(said(await clinic.refund(charge ?? 0, 'another key'))).toBe('already_refunded');
    expect(await clinic.session(id)).toMatchObject({ used: 0, end_units: 1 });
    expect(await clinic.units(1)).toEqual({ remaining: 5, held: 0 });
    const [refund] = await entries('refund');
    expect(said(await clinic.refund(refund ?? 0))).toBe('not_a_charge');
    expect(said(await clinic.refund(9_999))).toBe('entry_not_found');
  });

  test('asked for ten times at once, from two processes, goes back once', async () => {
    await started(clinic, 1);
    await clinic.at(5);
    await clinic.end(1, PATIENT);
    const [charge] = await entries('charge');
    const other = clinic.open();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_asked, index) =>
        (index % 2 ? clinic : other).refund(charge ?? 0, 'one key'),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'recorded_before')).toHaveLength(9);
    expect(await entries('refund')).toHaveLength(1);
  });

  test('under the key of another correction is refused', async () => {
    await started(clinic, 1);
    await clinic.at(5);
    await clinic.end(1, PATIENT);
    await clinic.adjust(1, 1, 'key');
    const [charge] = await entries('charge');
    expect(said(await clinic.refund(charge ?? 0, 'key'))).toBe('idempotency_key_reused');
    expect(said(await clinic.adjust(1, 2, 'key'))).toBe('idempotency_key_reused');
  });

  test('of what the silent doctor had given back already is refused, though nobody had settled it', async () => {
    const own = clinic.open({ policy: { doctorResponseMs: 15 * MINUTE } });
    await own.start(1, PATIENT);
    await clinic.at(1);
    await own.write(1, PATIENT);
    await clinic.at(12);
    await clinic.sweep();
    const [charge] = await entries('charge');
    await clinic.at(60);
    expect(said(await clinic.refund(charge ?? 0))).toBe('already_refunded');
    expect(await entries('refund')).toHaveLength(1);
  });
});

describe('an end by an admin', () => {
  test.for([
    [true, 2],
    [false, 1],
  ] as const)('with charge %s costs %i at 12 minutes', async ([charge, used]) => {
    const id = await started(clinic, 1);
    await clinic.at(2);
    await clinic.write(1, DOCTOR);
    await clinic.at(12);
    expect(said(await clinic.endByAdmin(id, charge))).toBe('ended');
    expect(await clinic.session(id)).toMatchObject({ used, reason: 'admin_end', ended: 12 });
    expect(said(await clinic.endByAdmin(id, true))).toBe('ended_before');
    const { rows } = await clinic.sql.query(
      `SELECT data ->> 'note' AS note, actor_id::integer AS by FROM session_events WHERE type = 'ended'`,
    );
    expect(rows).toEqual([{ note: 'the patient called', by: ADMIN }]);
  });
});

describe('a booking', () => {
  test('with a session keeps its patient, doctor and type, and its status no longer touches the session', async () => {
    const id = await started(clinic, 1);
    expect(said(await clinic.book(1, { doctor: 202 }))).toBe('appointment_in_use');
    expect(said(await clinic.book(1, { patient: 102 }))).toBe('appointment_in_use');
    expect(said(await clinic.book(1, { type: 'audio' }))).toBe('appointment_in_use');
    expect(said(await clinic.book(1, { status: 'pending' }))).toBe('stored');
    expect(await clinic.session(id)).toMatchObject({ active: true });
  });

  test('without a session may go to another patient while somebody starts it: one of the two gets it whole', async () => {
    await clinic.grant(2, 5, { patient: 102 });
    const other = clinic.open();
    const [start, move] = await Promise.all([clinic.start(1, PATIENT), other.book(1, { patient: 102 })]);
    const outcome = `${said(start)}, ${said(move)}`;
    expect(['started, appointment_in_use', 'not_a_participant, stored']).toContain(outcome);
  });
});

describe('what is asked', () => {
  test('the receipt names every block, and what is due but not yet written', async () => {
    await started(clinic, 1);
    await clinic.at(3);
    await clinic.write(1, PATIENT);
    await clinic.at(11);
    await clinic.sweep();
    await clinic.at(25);
    const receipt = await clinic.receipt(1, PATIENT);
    if (receipt.kind === 'refused') throw new Error(receipt.code);
    expect(
      receipt.blocks.map(({ state, charge, endsAt }) => [
        state,
        charge?.reason,
        typeof charge?.recordedAt === 'number',
        endsAt - NINE,
      ]),
    ).toEqual([
      ['charged', 'interval', true, 10 * MINUTE],
      ['charged', 'interval', false, 20 * MINUTE],
      ['held', undefined, false, 30 * MINUTE],
    ]);
    expect(receipt.view.session).toMatchObject({ unitsUsed: 2 });
    await clinic.end(1, PATIENT);
    const final = await clinic.receipt(1, DOCTOR);
    if (final.kind === 'refused') throw new Error(final.code);
    expect(final.blocks.map(({ state, charge, endsAt }) => [state, charge?.reason, endsAt - NINE])).toEqual([
      ['charged', 'interval', 10 * MINUTE],
      ['charged', 'interval', 20 * MINUTE],
      ['charged', 'manual_end', 25 * MINUTE],
    ]);
  });

  test('the balance tells what is remaining, held and available, and lists expired grants too', async () => {
    await clinic.grant(2, 4, { startsAt: NINE - 2 * MINUTE, expiresAt: NINE - MINUTE });
    await started(clinic, 1);
    const balance = await clinic.reads.balance(userId(PATIENT));
    expect(balance).toMatchObject({ remainingUnits: 5, heldUnits: 1, availableUnits: 4 });
    expect(balance?.grants.map(({ id }) => id)).toEqual([1, 2]);
    expect(await clinic.reads.balance(userId(777))).toBeNull();
  });

  test('a status of a session that is overdue is right, with the time that is left, and writes nothing', async () => {
    const id = await started(clinic, 1);
    await clinic.at(3);
    await clinic.write(1, DOCTOR);
    await clinic.at(27);
    const status = await clinic.status(1, PATIENT);
    expect(status).toMatchObject({
      kind: 'session',
      view: {
        session: { unitsUsed: 2, state: 'active' },
        remainingUnits: 3,
        availableUnits: 2,
        nextDeductionAt: NINE + 30 * MINUTE,
        fundedUntil: NINE + 50 * MINUTE,
        accountNow: NINE + 27 * MINUTE,
      },
    });
    expect(await clinic.session(id)).toMatchObject({ used: 0 });
  });

  test('lists and timelines: pages meet without a gap, and a timeline has every event in order', async () => {
    await clinic.book(2);
    await clinic.book(3);
    const ids = [await started(clinic, 1), await started(clinic, 2), await started(clinic, 3)];
    await clinic.at(2);
    await clinic.send(1, PATIENT, 'good morning');
    await clinic.at(12);
    await clinic.end(1, DOCTOR);
    const all = sessionFilter({ patientId: userId(PATIENT), limit: 2 });
    const first = await clinic.reads.sessions(all);
    expect(first.items.map(({ session }) => session.id)).toEqual([ids[2], ids[1]]);
    const rest = await clinic.reads.sessions({ ...all, cursor: ids[1] ?? null });
    expect(rest.items.map(({ session }) => session.id)).toEqual([ids[0]]);
    expect(rest.nextCursor).toBeNull();
    const timeline = await clinic.reads.timeline(ids[0] ?? expect.fail('no session'));
    expect(timeline?.events.map(({ type }) => type)).toEqual([
      'started',
      'activity',
      'message',
      'deduction',
      'deduction',
      'ended',
    ]);
    expect(JSON.stringify(timeline?.events)).not.toContain('good morning');
    expect(timeline?.entries.map(({ reason }) => reason)).toEqual(['interval', 'manual_end']);
  });
});
