import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { grantId, ledgerEntryId, type SessionId, userId } from '../../src/billing/ids.ts';
import { etagOf } from '../../src/http/answers/effect.ts';
import type { Effect } from '../../src/sessions/effect.ts';
import { ADMIN, type Clinic, DOCTOR, MINUTE, NINE, openClinic, PATIENT, said, started } from './clinic.ts';

let clinic: Clinic;
let session: SessionId;
/** The first interval's charge. */
let charge: number;

beforeEach(async () => {
  clinic = await openClinic();
  await clinic.grant(1, 5);
  await clinic.book(1);
  session = await started(clinic, 1);
  await clinic.at(3);
  await clinic.write(1, DOCTOR);
  await clinic.at(11);
  await clinic.settle(session);
  charge = await lastEntry();
});
afterEach(() => clinic.close());

async function lastEntry(): Promise<number> {
  const { rows } = await clinic.sql.query<{ id: number }>(
    'SELECT max(id)::integer AS id FROM ledger_entries',
  );
  return rows[0]?.id ?? 0;
}

/** Everything that is stored, but for the clock of the tests. */
async function stored(): Promise<string> {
  const tables = ['grants', 'text_appointment_sessions', 'ledger_entries', 'session_events', 'admin_actions'];
  const parts = tables.map((table) => `SELECT to_jsonb(t)::text AS row FROM ${table} t`);
  const { rows } = await clinic.sql.query(`${parts.join(' UNION ALL ')} ORDER BY 1`);
  return JSON.stringify(rows);
}

const actions = async () =>
  (
    await clinic.sql.query<Record<string, unknown>>(
      `SELECT action, target_kind, target_id::integer, patient_id::integer, actor_id::integer, note, before, after, request_id
       FROM admin_actions ORDER BY id`,
    )
  ).rows;

const refunding = (key: string) => ({
  entryId: ledgerEntryId(charge),
  admin: userId(ADMIN),
  note: 'as agreed',
  idempotencyKey: key,
});
const ending = (isCharged: boolean) => ({
  sessionId: session,
  admin: userId(ADMIN),
  note: 'by phone',
  charge: isCharged,
});
const effectIn = (outcome: object): Effect => {
  if (!('effect' in outcome)) throw new Error(`no effect: ${JSON.stringify(outcome)}`);
  return Object(outcome.effect);
};
const ifStill = (effect: Effect) => {
  const tag = etagOf(effect);
  return { isExpected: (now: Effect) => etagOf(now) === tag };
};

describe('a preview on the real database', () => {
  test('writes nothing, and the act then does what it said', async () => {
    const before = await stored();
    const end = await clinic.preview('endByAdmin', ending(true));
    const refund = await clinic.preview('refund', refunding('a'));
    const adjustment = await clinic.preview('adjust', {
      ...refunding('b'),
      grantId: grantId(1),
      units: 3,
    });
    expect(await stored()).toBe(before);
    expect(effectIn(end)).toMatchObject({
      adds: { units: 1 },
      grants: [{ before: 4, after: 3 }],
      session: { unitsBefore: 1, unitsAfter: 2 },
    });
    expect(effectIn(refund)).toMatchObject({ grants: [{ before: 4, after: 5 }] });
    expect(effectIn(adjustment)).toMatchObject({
      grants: [{ before: 4, after: 7 }],
      otherSessions: [{ fundedUntilBefore: NINE + 50 * MINUTE, fundedUntil: NINE + 80 * MINUTE }],
    });

    expect(said(await clinic.execute('endByAdmin', { ...ending(true), ...ifStill(effectIn(end)) }))).toBe(
      'ended',
    );
    expect(await clinic.session(session)).toMatchObject({ used: 2, reason: 'admin_end', end_units: 1 });
    expect(await clinic.units(1)).toEqual({ remaining: 3, held: 0 });
  });

  test('is right for a session that is overdue, and tells what is due anyway', async () => {
    await clinic.at(32);
    expect(effectIn(await clinic.preview('endByAdmin', ending(false)))).toMatchObject({
      dueAnyway: { units: 2, entries: [{ intervalNo: 2 }, { intervalNo: 3 }] },
      adds: { units: 0, entries: [] },
      session: { unitsBefore: 3, unitsAfter: 3 },
    });
    expect(await clinic.session(session)).toMatchObject({ used: 1 });
  });
});

describe('a boundary between the preview and the confirmation', () => {
  test('lets nothing of the act be done, but what was due is written', async () => {
    const shown = effectIn(await clinic.preview('endByAdmin', ending(true)));
    await clinic.at(20);
    const outcome = await clinic.execute('endByAdmin', { ...ending(true), ...ifStill(shown) });

    expect(outcome).toMatchObject({
      kind: 'effect_changed',
      effect: { dueAnyway: { units: 1 }, adds: { units: 1, entries: [{ intervalNo: 3 }] } },
    });
    expect(await clinic.session(session)).toMatchObject({ active: true, used: 2 });
    expect(await clinic.ledger(session)).toMatchObject([{ no: 1 }, { no: 2, reason: 'interval', due: 20 }]);
    expect((await actions()).filter(({ action }) => action === 'session.ended')).toEqual([]);
  });

  test('is no matter once what was shown anew is confirmed: what was due is written by then', async () => {
    const shown = effectIn(await clinic.preview('endByAdmin', ending(true)));
    await clinic.at(20);
    const changed = effectIn(await clinic.execute('endByAdmin', { ...ending(true), ...ifStill(shown) }));
    expect(changed.dueAnyway.units).toBe(1);
    expect(said(await clinic.execute('endByAdmin', { ...ending(true), ...ifStill(changed) }))).toBe('ended');
    expect(await clinic.session(session)).toMatchObject({ used: 3 });
  });

  test('is no matter where a worker writes what a preview said is due anyway', async () => {
    await clinic.at(21);
    const shown = effectIn(await clinic.preview('endByAdmin', ending(true)));
    expect(shown.dueAnyway.units).toBe(1);
    await clinic.settle(session);
    expect(said(await clinic.execute('endByAdmin', { ...ending(true), ...ifStill(shown) }))).toBe('ended');
  });

  test('that takes a unit of another grant is no matter to an adjustment', async () => {
    await clinic.grant(2, 5, { expiresAt: NINE + 25 * MINUTE });
    // This block is held on the grant that expires first, which is the second.
    await clinic.at(21);
    await clinic.settle(session);
    const adjustment = { ...refunding('a'), grantId: grantId(1), units: 2 };
    const shown = effectIn(await clinic.preview('adjust', adjustment));
    await clinic.at(31);
    expect(said(await clinic.execute('adjust', { ...adjustment, ...ifStill(shown) }))).toBe('recorded');
    expect((await clinic.ledger(session)).at(-1)).toMatchObject({ no: 3, grant: 2 });
  });

  test('and the same request without If-Match is carried out as ever', async () => {
    await clinic.preview('endByAdmin', ending(false));
    await clinic.at(20);
    expect(said(await clinic.execute('endByAdmin', ending(false)))).toBe('ended');
  });
});

describe('one entry comes of', () => {
  const refunds = async () => (await clinic.ledger()).filter(({ kind }) => kind === 'refund');

  test('a double click: the same request twice at once, in two processes', async () => {
    const other = clinic.open();
    const shown = ifStill(effectIn(await clinic.preview('refund', refunding('a'))));
    const outcomes = await Promise.all(
      [clinic, other].map(({ execute }) => execute('refund', { ...refunding('a'), ...shown })),
    );

    expect(outcomes.map(said).toSorted()).toEqual(['recorded', 'recorded_before']);
    expect(await refunds()).toHaveLength(1);
    expect((await actions()).filter(({ action }) => action === 'charge.refunded')).toHaveLength(1);
  });

  test('two tabs: the second hears who was first', async () => {
    const shown = ifStill(effectIn(await clinic.preview('refund', refunding('a'))));
    expect(said(await clinic.execute('refund', { ...refunding('a'), ...shown }))).toBe('recorded');

    expect(await clinic.execute('refund', { ...refunding('b'), ...shown })).toEqual({
      kind: 'refused',
      code: 'already_refunded',
      undone: { by: { role: 'admin', id: ADMIN }, at: NINE + 11 * MINUTE },
    });
    expect(await refunds()).toHaveLength(1);
  });

  test('a lost answer: the repeat is answered before anything else, whatever changed meanwhile', async () => {
    const shown = ifStill(effectIn(await clinic.preview('refund', refunding('a'))));
    await clinic.execute('refund', { ...refunding('a'), ...shown });
    await clinic.at(25);

    expect(await clinic.execute('refund', { ...refunding('a'), ...shown })).toEqual({
      kind: 'recorded_before',
    });
    expect(await clinic.preview('refund', { ...refunding('a'), note: '' })).toEqual({
      kind: 'recorded_before',
    });
    expect(await refunds()).toHaveLength(1);
  });
});

describe('a refund that is taken back', () => {
  test('leaves the grant as if it had not been given, once, with a link to the refund', async () => {
    await clinic.refund(charge, 'a');
    const refund = await lastEntry();
    expect(await clinic.units(1)).toEqual({ remaining: 5, held: 1 });
    expect(said(await clinic.takeBack(refund, 'b'))).toBe('recorded');
    expect(said(await clinic.takeBack(refund, 'b'))).toBe('recorded_before');

    expect(await clinic.units(1)).toEqual({ remaining: 4, held: 1 });
    expect(await clinic.session(session)).toMatchObject({ used: 0 });
    expect(await clinic.reads.correction(userId(ADMIN), 'b')).toMatchObject({
      kind: 'adjustment',
      reason: 'correction',
      units: -1,
      takesBack: refund,
      sessionId: null,
    });
    expect(await clinic.takeBack(refund, 'c')).toEqual({
      kind: 'refused',
      code: 'already_taken_back',
      undone: { by: { role: 'admin', id: ADMIN }, at: NINE + 11 * MINUTE },
    });
    expect(said(await clinic.refund(charge, 'd')), 'nor can it be given back again').toBe('already_refunded');
  });

  test('twice at once, by two processes under two keys, is taken back once', async () => {
    await clinic.refund(charge, 'a');
    const refund = await lastEntry();
    const other = clinic.open();
    const outcomes = await Promise.all([clinic.takeBack(refund, 'b'), other.takeBack(refund, 'c')]);

    expect(outcomes.map(said).toSorted()).toEqual(['already_taken_back', 'recorded']);
    expect(await clinic.units(1)).toEqual({ remaining: 4, held: 1 });
  });

  test('cannot be where its unit was used meanwhile, or is no refund', async () => {
    await clinic.refund(charge, 'a');
    const refund = await lastEntry();
    await clinic.adjust(1, -4);
    expect(said(await clinic.takeBack(refund, 'b'))).toBe('subscription_total_too_low');
    expect(said(await clinic.takeBack(charge, 'c'))).toBe('not_a_refund');
    expect(said(await clinic.takeBack(999, 'd'))).toBe('entry_not_found');
    expect(said(await clinic.takeBack(refund, 'a')), 'the key of the refund').toBe('idempotency_key_reused');
  });
});

describe('who did what, in the tables', () => {
  test('is written with the change, and where nothing changes there is nothing', async () => {
    await clinic.refund(charge, 'a');
    await clinic.refund(charge, 'a');
    await clinic.grant(1, 5);
    await clinic.book(1);
    await clinic.end(1, PATIENT);
    await clinic.endByAdmin(session, true);

    expect((await actions()).map(({ action }) => action)).toEqual([
      'grant.created',
      'appointment.created',
      'charge.refunded',
    ]);
    expect((await actions()).at(-1)).toEqual({
      action: 'charge.refunded',
      target_kind: 'entry',
      target_id: charge,
      patient_id: PATIENT,
      actor_id: ADMIN,
      note: 'as agreed',
      before: { grant_id: 1, remaining_sessions: 4 },
      after: { grant_id: 1, remaining_sessions: 5 },
      request_id: null,
    });
  });

  test('is found for a session by what was done to it and to its entries, oldest first', async () => {
    await clinic.refund(charge, 'a');
    const refund = await lastEntry();
    await clinic.takeBack(refund, 'b');
    await clinic.adjust(1, 1);
    await clinic.endByAdmin(session, false);
    const timeline = await clinic.reads.timeline(session);
    const entries = timeline?.entries.map(({ id }) => id) ?? [];

    expect(
      (await clinic.database.actions.ofSession(session, entries)).map(({ action, targetId, recordedAt }) => [
        action,
        targetId,
        recordedAt,
      ]),
    ).toEqual([
      ['charge.refunded', charge, NINE + 11 * MINUTE],
      ['refund.taken_back', refund, NINE + 11 * MINUTE],
      ['session.ended', session, NINE + 11 * MINUTE],
    ]);
  });

  test('is found page by page, by each filter and by all of them', async () => {
    for (let count = 1; count <= 7; count += 1) {
      await clinic.at(11 + count);
      await clinic.adjust(1, 1);
    }
    await clinic.grant(2, 1, { patient: 102 });
    const any = {
      actorId: null,
      action: null,
      patientId: null,
      from: null,
      to: null,
      cursor: null,
      limit: 3,
    };
    const { page } = clinic.database.actions;
    const found = [];
    let cursor = null;
    do {
      const { items, nextCursor }: Awaited<ReturnType<typeof page>> = await page({ ...any, cursor });
      found.push(...items.map(({ id }) => id));
      cursor = nextCursor;
    } while (cursor !== null);
    expect(found).toHaveLength(10);
    expect(found).toEqual(found.toSorted((a, b) => b - a));

    const namesOf = async (filter: Partial<Parameters<typeof page>[0]>) =>
      (await page({ ...any, limit: 100, ...filter })).items.map(({ action }) => action);
    expect(await namesOf({ patientId: userId(102) })).toEqual(['grant.created']);
    expect(await namesOf({ action: 'appointment.created' })).toHaveLength(1);
    expect(await namesOf({ actorId: userId(99) })).toEqual([]);
    const [first] = (await page({ ...any, limit: 1 })).items;
    const at = first?.recordedAt ?? null;
    expect(await namesOf({ from: at })).toHaveLength(2);
    expect(await namesOf({ to: at })).toHaveLength(8);
    expect(
      await namesOf({ actorId: userId(ADMIN), action: 'grant.adjusted', patientId: userId(PATIENT), to: at }),
    ).toHaveLength(6);
  });
});
