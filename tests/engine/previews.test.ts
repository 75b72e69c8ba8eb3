import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { grantId, ledgerEntryId, type SessionId, userId } from '../../src/billing/ids.ts';
import { etagOf } from '../../src/http/answers/effect.ts';
import type { Effect } from '../../src/sessions/effect.ts';
import { ADMIN, type Clinic, MINUTE, NINE, said } from './clinic.ts';
import { actionsIn, openChargedSession } from './charged-session.ts';

let clinic: Clinic;
let session: SessionId;
/** The first interval's charge. */
let charge: number;

beforeEach(async () => {
  ({ clinic, session, charge } = await openChargedSession());
});
afterEach(() => clinic.close());

/** Everything that is stored, but for the clock of the tests. */
async function stored(): Promise<string> {
  const tables = ['grants', 'text_appointment_sessions', 'ledger_entries', 'session_events', 'admin_actions'];
  const parts = tables.map((table) => `SELECT to_jsonb(t)::text AS row FROM ${table} t`);
  const { rows } = await clinic.sql.query(`${parts.join(' UNION ALL ')} ORDER BY 1`);
  return JSON.stringify(rows);
}

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
  test('stops the act, and what was due is written', async () => {
    const shown = effectIn(await clinic.preview('endByAdmin', ending(true)));
    await clinic.at(20);
    const outcome = await clinic.execute('endByAdmin', { ...ending(true), ...ifStill(shown) });

    expect(outcome).toMatchObject({
      kind: 'effect_changed',
      effect: { dueAnyway: { units: 1 }, adds: { units: 1, entries: [{ intervalNo: 3 }] } },
    });
    expect(await clinic.session(session)).toMatchObject({ active: true, used: 2 });
    expect(await clinic.ledger(session)).toMatchObject([{ no: 1 }, { no: 2, reason: 'interval', due: 20 }]);
    expect((await actionsIn(clinic)).filter(({ action }) => action === 'session.ended')).toEqual([]);
  });

  test('does not stop the act once the effect that was shown anew is confirmed', async () => {
    const shown = effectIn(await clinic.preview('endByAdmin', ending(true)));
    await clinic.at(20);
    const changed = effectIn(await clinic.execute('endByAdmin', { ...ending(true), ...ifStill(shown) }));
    expect(changed.dueAnyway.units).toBe(1);
    expect(said(await clinic.execute('endByAdmin', { ...ending(true), ...ifStill(changed) }))).toBe('ended');
    expect(await clinic.session(session)).toMatchObject({ used: 3 });
  });

  test('does not stop the act where a worker wrote what the preview said is due anyway', async () => {
    await clinic.at(21);
    const shown = effectIn(await clinic.preview('endByAdmin', ending(true)));
    expect(shown.dueAnyway.units).toBe(1);
    await clinic.settle(session);
    expect(said(await clinic.execute('endByAdmin', { ...ending(true), ...ifStill(shown) }))).toBe('ended');
  });

  test('that takes a unit of another grant does not stop an adjustment', async () => {
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

  test('does not stop a request without If-Match', async () => {
    await clinic.preview('endByAdmin', ending(false));
    await clinic.at(20);
    expect(said(await clinic.execute('endByAdmin', ending(false)))).toBe('ended');
  });
});

describe('one entry is written for', () => {
  const refunds = async () => (await clinic.ledger()).filter(({ kind }) => kind === 'refund');

  test('a double click: the same request twice at once, in two processes', async () => {
    const other = clinic.open();
    const shown = ifStill(effectIn(await clinic.preview('refund', refunding('a'))));
    const outcomes = await Promise.all(
      [clinic, other].map(({ execute }) => execute('refund', { ...refunding('a'), ...shown })),
    );

    expect(outcomes.map(said).toSorted()).toEqual(['recorded', 'recorded_before']);
    expect(await refunds()).toHaveLength(1);
    expect((await actionsIn(clinic)).filter(({ action }) => action === 'charge.refunded')).toHaveLength(1);
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
