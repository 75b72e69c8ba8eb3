/** What commands answer to an admin: subscriptions, ends, refunds, adjustments. */
import { describe, expect, test } from 'vitest';
import { grantId, ledgerEntryId, sessionId } from '../../src/billing/ids.ts';
import type { Commands } from '../../src/sessions/commands.ts';
import { ADMIN, DOCTOR, PATIENT, STRANGER, t } from '../billing/specimens.ts';
import { accountIn, balanceOf, book, type Engine, of, openEngine } from './engine.ts';

const put = (
  units: number,
  terms: Partial<Commands['putSubscription']> = {},
): Commands['putSubscription'] => ({
  grantId: grantId(1),
  patientId: PATIENT,
  units,
  startsAt: t('-60:00'),
  expiresAt: null,
  version: null,
  admin: ADMIN,
  ...terms,
});

const correction = (idempotencyKey: string, note = 'a mistake') => ({ admin: ADMIN, note, idempotencyKey });

const balancesIn = ({ store }: Engine) => accountIn(store).grants.map(balanceOf);
const entriesIn = ({ store }: Engine) =>
  store.tables().entries.map(({ entry }) => `${entry.kind} ${entry.reason} ${entry.units}`);

/** Session 1 runs since minute 0, and both wrote at its beginning. */
async function running(policy = {}, units = 5) {
  const engine = openEngine({ policy });
  await book(engine, units, [1]);
  await engine.executor.execute('start', of(1));
  await engine.executor.execute('recordActivity', of(1, DOCTOR));
  return engine;
}

describe('a subscription', () => {
  test('makes an account, a grant and an entry', async () => {
    const engine = openEngine();

    expect(await engine.executor.execute('putSubscription', put(12))).toEqual({ kind: 'stored' });
    expect(balancesIn(engine)).toEqual(['12, 0 held']);
    expect(entriesIn(engine)).toEqual(['grant subscription 12']);
    expect(engine.store.tables().entries[0]).toMatchObject({ actor: { role: 'admin', id: ADMIN } });
  });

  test('without a beginning is valid from now on', async () => {
    const engine = openEngine();
    engine.setClock(t('3:00'));
    await engine.executor.execute('putSubscription', put(1, { startsAt: null }));

    expect(accountIn(engine.store).grants[0]).toMatchObject({ startsAt: t('3:00'), expiresAt: null });
  });

  test('that is put again as it is changes nothing', async () => {
    const engine = openEngine();
    await engine.executor.execute('putSubscription', put(5));
    const before = engine.store.tables();
    await engine.executor.execute('putSubscription', put(5));
    await engine.executor.execute('putSubscription', put(5, { startsAt: null }));

    expect(engine.store.tables()).toEqual(before);
  });

  test.each([
    [8, 'stored', '8, 1 held'],
    [2, 'stored', '2, 1 held'],
    [1, 'stored', '1, 1 held'],
    [0, 'subscription_total_too_low', '5, 1 held'],
  ])('of five units, one of them held, that is put as %i is %s', async (units, outcome, balance) => {
    const engine = await running();
    const answer = await engine.executor.execute('putSubscription', put(units));

    expect(answer.kind === 'refused' ? answer.code : answer.kind).toBe(outcome);
    expect(balancesIn(engine)).toEqual([balance]);
  });

  test('is never put below what was used of it', async () => {
    const engine = await running();
    engine.setClock(t('25:00'));

    expect(await engine.executor.execute('putSubscription', put(2))).toMatchObject({
      code: 'subscription_total_too_low',
    });
    expect(await engine.executor.execute('putSubscription', put(3))).toEqual({ kind: 'stored' });
    expect(balancesIn(engine)).toEqual(['1, 1 held']);
  });

  test('that was corrected by an admin keeps the correction when the same total is put again', async () => {
    const engine = openEngine();
    await engine.executor.execute('putSubscription', put(5));
    await engine.executor.execute('adjust', { grantId: grantId(1), units: 3, ...correction('1') });
    await engine.executor.execute('putSubscription', put(5));
    await engine.executor.execute('putSubscription', put(6));

    expect(balancesIn(engine)).toEqual(['9, 0 held']);
    expect(entriesIn(engine)).toEqual([
      'grant subscription 5',
      'adjustment correction 3',
      'adjustment subscription 1',
    ]);
  });

  test('that arrives late takes nothing away that a later version brought', async () => {
    const engine = openEngine();
    const send = (units: number, version: number | null) =>
      engine.executor.execute('putSubscription', put(units, { version }));
    await send(5, 1);
    expect(await send(15, 2)).toEqual({ kind: 'stored' });

    expect(await send(5, 1)).toEqual({ kind: 'refused', code: 'subscription_version_stale', version: 2 });
    expect(balancesIn(engine)).toEqual(['15, 0 held']);
    expect(entriesIn(engine)).toEqual(['grant subscription 5', 'adjustment subscription 10']);

    expect(await send(5, null)).toEqual({ kind: 'stored' });
    expect(balancesIn(engine)).toEqual(['5, 0 held']);
    expect(await send(7, 2)).toMatchObject({ code: 'subscription_version_stale', version: 2 });
    expect(await send(7, 3)).toEqual({ kind: 'stored' });
    expect(accountIn(engine.store).grants[0]).toMatchObject({ version: 3, remaining: 7 });
  });

  test('of the same version and the same contents changes nothing, and of the same version and others is refused', async () => {
    const engine = openEngine();
    const terms = { version: 4, expiresAt: t('60:00') };
    await engine.executor.execute('putSubscription', put(5, terms));
    await engine.executor.execute('adjust', { grantId: grantId(1), units: 3, ...correction('1') });
    const before = engine.store.tables();
    expect(await engine.executor.execute('putSubscription', put(5, terms))).toEqual({ kind: 'stored' });
    expect(await engine.executor.execute('putSubscription', put(5, { ...terms, startsAt: null }))).toEqual({
      kind: 'stored',
    });
    for (const other of [
      put(6, terms),
      put(5, { ...terms, expiresAt: null }),
      put(5, { ...terms, startsAt: t('1:00') }),
    ])
      expect(await engine.executor.execute('putSubscription', other)).toEqual({
        kind: 'refused',
        code: 'subscription_version_stale',
        version: 4,
      });

    expect(engine.store.tables()).toEqual(before);
  });

  test('that only gets a later version is no entry of the ledger', async () => {
    const engine = openEngine();
    for (const version of [null, 0, 7]) await engine.executor.execute('putSubscription', put(5, { version }));

    expect(accountIn(engine.store).grants[0]).toMatchObject({ version: 7 });
    expect(entriesIn(engine)).toEqual(['grant subscription 5']);
  });

  test('that is refused for another reason does not leave its version behind', async () => {
    const engine = await running();
    const refused = await engine.executor.execute('putSubscription', put(0, { version: 2 }));

    expect(refused).toMatchObject({ code: 'subscription_total_too_low' });
    expect(accountIn(engine.store).grants[0]).toMatchObject({ version: null });
  });

  test('of somebody else is not given to this patient', async () => {
    const engine = openEngine();
    await engine.executor.execute('putSubscription', put(5));

    expect(await engine.executor.execute('putSubscription', put(5, { patientId: STRANGER }))).toEqual({
      kind: 'refused',
      code: 'subscription_in_use',
    });
    expect(accountIn(engine.store, STRANGER).grants).toEqual([]);
  });

  test('has a million units at most', async () => {
    const engine = openEngine();

    expect(await engine.executor.execute('putSubscription', put(1_000_001))).toMatchObject({
      code: 'subscription_units_out_of_bounds',
    });
    expect(await engine.executor.execute('putSubscription', put(1_000_000))).toEqual({ kind: 'stored' });
    expect(
      await engine.executor.execute('adjust', { grantId: grantId(1), units: 1, ...correction('1') }),
    ).toMatchObject({ code: 'subscription_units_out_of_bounds' });
  });

  test('that comes to an end earlier pays for no block after it, and the ledger says from when on', async () => {
    const engine = await running();
    engine.setClock(t('5:00'));
    await engine.executor.execute('putSubscription', put(5, { expiresAt: t('10:00') }));
    engine.setClock(t('30:00'));
    await engine.executor.execute('settle', { sessionId: sessionId(1) });

    expect(accountIn(engine.store).sessions[0]).toMatchObject({
      endReason: 'balance_exhausted',
      endedAt: t('10:00'),
    });
    expect(engine.store.tables().entries[1]).toMatchObject({
      entry: { reason: 'validity_changed', units: 0, terms: { expiresAt: t('10:00') } },
    });
  });

  test.each([
    ['new and from now on', {}, '4:59.999', 'subscription_validity_empty'],
    ['new and from now on', {}, '5:00', 'subscription_validity_empty'],
    ['new and from now on', {}, '5:00.001', 'stored'],
    ['new and from minute 8 on', { startsAt: t('8:00') }, '8:00', 'subscription_validity_empty'],
    ['new and from minute 8 on', { startsAt: t('8:00') }, '8:00.001', 'stored'],
  ] as const)('that is %s (%j), until %s: %s', async (_what, terms, until, outcome) => {
    const engine = openEngine();
    engine.setClock(t('5:00'));
    const command = put(1, { startsAt: null, ...terms, expiresAt: t(until) });
    const answer = await engine.executor.execute('putSubscription', command);

    expect(answer.kind === 'refused' ? answer.code : answer.kind).toBe(outcome);
    expect(entriesIn(engine)).toHaveLength(outcome === 'stored' ? 1 : 0);
  });

  test('that is there is never left valid at no time, though only its end was put', async () => {
    const engine = openEngine();
    await engine.executor.execute('putSubscription', put(5, { startsAt: t('8:00') }));
    const putUntil = (until: string, units = 5) =>
      engine.executor.execute('putSubscription', put(units, { startsAt: null, expiresAt: t(until) }));

    expect(await putUntil('8:00', 7)).toEqual({ kind: 'refused', code: 'subscription_validity_empty' });
    expect(entriesIn(engine)).toEqual(['grant subscription 5']);
    expect(await putUntil('8:00.001')).toEqual({ kind: 'stored' });
  });

  test('of now settles first: units that come after the boundary do not revive the session', async () => {
    const engine = await running({}, 1);
    engine.setClock(t('10:00'));
    await engine.executor.execute('putSubscription', put(5));

    expect(accountIn(engine.store).sessions[0]).toMatchObject({
      endReason: 'balance_exhausted',
      endedAt: t('10:00'),
    });
    expect(balancesIn(engine)).toEqual(['4, 0 held']);
  });
});

describe('an end by the office', () => {
  test.each([
    [true, 1],
    [false, 0],
  ])('that says "charge: %s" charges %i, with the note in the log', async (charge, endUnits) => {
    const engine = await running();
    engine.setClock(t('2:00'));
    const command = { sessionId: sessionId(1), admin: ADMIN, note: 'by phone', charge };

    expect(await engine.executor.execute('endByAdmin', command)).toMatchObject({
      kind: 'ended',
      session: { session: { endReason: 'admin_end', endUnits } },
    });
    expect(await engine.executor.execute('endByAdmin', { ...command, charge: true })).toMatchObject({
      kind: 'ended_before',
      session: { session: { endUnits } },
    });
    expect(engine.store.tables().events.at(-1)).toMatchObject({
      type: 'ended',
      actor: { role: 'admin', id: ADMIN },
      data: { note: 'by phone', units: endUnits },
    });
  });

  test('of a session that is not there is refused', async () => {
    const engine = openEngine();
    const command = { sessionId: sessionId(4), admin: ADMIN, note: 'by phone', charge: true };

    expect(await engine.executor.execute('endByAdmin', command)).toEqual({
      kind: 'refused',
      code: 'session_not_found',
    });
  });
});

describe('a refund by the office', () => {
  /** The first interval was charged at minute 10; its entry is number 2. */
  async function charged(policy = {}) {
    const engine = await running(policy);
    engine.setClock(t('11:00'));
    await engine.executor.execute('settle', { sessionId: sessionId(1) });
    return engine;
  }
  const entryId = ledgerEntryId(2);

  test('gives the unit back once, and says so when it is asked for again', async () => {
    const engine = await charged();

    expect(await engine.executor.execute('refund', { entryId, ...correction('1') })).toMatchObject({
      kind: 'recorded',
    });
    expect(await engine.executor.execute('refund', { entryId, ...correction('1') })).toEqual({
      kind: 'recorded_before',
    });
    expect(await engine.executor.execute('refund', { entryId, ...correction('2') })).toEqual({
      kind: 'refused',
      code: 'already_refunded',
      undone: { by: { role: 'admin', id: ADMIN }, at: t('11:00') },
    });
    expect(balancesIn(engine)).toEqual(['5, 1 held']);
    expect(engine.store.tables().entries.at(-1)).toMatchObject({ note: 'a mistake', idempotencyKey: '1' });
  });

  test('twice at once under two keys gives the unit back once', async () => {
    const engine = await charged();
    const outcomes = await Promise.all(
      ['1', '2'].map((key) => engine.executor.execute('refund', { entryId, ...correction(key) })),
    );

    expect(outcomes).toMatchObject([{ kind: 'recorded' }, { kind: 'refused', code: 'already_refunded' }]);
    expect(balancesIn(engine)).toEqual(['5, 1 held']);
  });

  test.each([
    ['an entry that is not there', ledgerEntryId(99), 'entry_not_found'],
    ['the entry of a grant', ledgerEntryId(1), 'not_a_charge'],
  ])('of %s is refused', async (_what, id, code) => {
    const engine = await charged();

    expect(await engine.executor.execute('refund', { entryId: id, ...correction('1') })).toEqual({
      kind: 'refused',
      code,
    });
  });

  test('of a refund is refused', async () => {
    const engine = await charged();
    await engine.executor.execute('refund', { entryId, ...correction('1') });

    expect(
      await engine.executor.execute('refund', { entryId: ledgerEntryId(3), ...correction('2') }),
    ).toEqual({
      kind: 'refused',
      code: 'not_a_charge',
    });
  });

  test.each([
    ['another note', entryId, 'another note'],
    ['another entry', ledgerEntryId(1), 'a mistake'],
  ])('with %s under the same key is refused', async (_what, id, note) => {
    const engine = await charged();
    await engine.executor.execute('refund', { entryId, ...correction('1') });

    expect(await engine.executor.execute('refund', { entryId: id, ...correction('1', note) })).toEqual({
      kind: 'refused',
      code: 'idempotency_key_reused',
    });
  });

  test('under the key of an adjustment is refused', async () => {
    const engine = await charged();
    await engine.executor.execute('adjust', { grantId: grantId(1), units: 1, ...correction('1') });

    expect(await engine.executor.execute('refund', { entryId, ...correction('1') })).toEqual({
      kind: 'refused',
      code: 'idempotency_key_reused',
    });
  });

  test('finds a charge that the silence of the doctor gives back at that moment, and refuses politely', async () => {
    const engine = openEngine({ policy: { doctorResponseMs: 900_000 } });
    await book(engine);
    await engine.executor.execute('start', of(1));
    await engine.executor.execute('recordActivity', of(1));
    engine.setClock(t('11:00'));
    await engine.executor.execute('settle', { sessionId: sessionId(1) });
    engine.setClock(t('15:00'));

    const outcome = await engine.executor.execute('refund', { entryId, ...correction('1') });

    expect(outcome).toEqual({
      kind: 'refused',
      code: 'already_refunded',
      undone: { by: { role: 'system' }, at: t('15:00') },
    });
    expect(accountIn(engine.store).sessions[0]).toMatchObject({
      endReason: 'doctor_no_response',
      unitsUsed: 0,
    });
    expect(balancesIn(engine)).toEqual(['5, 0 held']);
  });

  test('long after the end goes to the grant that paid, also when that has expired', async () => {
    const engine = await charged();
    await engine.executor.execute('end', of(1));
    await engine.executor.execute('putSubscription', put(5, { expiresAt: t('12:00') }));
    engine.setClock(t('9999:00'));

    expect(await engine.executor.execute('refund', { entryId, ...correction('1') })).toMatchObject({
      kind: 'recorded',
    });
    expect(balancesIn(engine)).toEqual(['4, 0 held']);
    expect(accountIn(engine.store).sessions[0]).toMatchObject({ unitsUsed: 1, endedAt: t('11:00') });
  });
});

describe('an adjustment by the office', () => {
  test('is made once for its key, and refused for another request under it', async () => {
    const engine = await running();
    const adjust = (units: number, note?: string) =>
      engine.executor.execute('adjust', { grantId: grantId(1), units, ...correction('1', note) });

    expect(await adjust(2)).toMatchObject({ kind: 'recorded' });
    expect(await adjust(2)).toEqual({ kind: 'recorded_before' });
    expect(await adjust(3)).toEqual({ kind: 'refused', code: 'idempotency_key_reused' });
    expect(await adjust(2, 'another note')).toEqual({ kind: 'refused', code: 'idempotency_key_reused' });
    expect(balancesIn(engine)).toEqual(['7, 1 held']);
  });

  test('of a grant that is not there is refused', async () => {
    const engine = await running();

    expect(
      await engine.executor.execute('adjust', { grantId: grantId(9), units: 2, ...correction('1') }),
    ).toEqual({
      kind: 'refused',
      code: 'subscription_not_found',
    });
  });

  test('at minute 9 of the last block extends the session', async () => {
    const engine = await running({}, 1);
    engine.setClock(t('9:00'));
    await engine.executor.execute('adjust', { grantId: grantId(1), units: 1, ...correction('1') });
    engine.setClock(t('15:00'));

    expect(await engine.executor.execute('settle', { sessionId: sessionId(1) })).toMatchObject({
      kind: 'active',
      delayMs: 300_000,
    });
    expect(balancesIn(engine)).toEqual(['1, 1 held']);
  });
});
