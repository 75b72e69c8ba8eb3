/** What the clinic's system is answered when it stores a subscription. */
import { describe, expect, test } from 'vitest';
import { grantId, sessionId } from '../../src/billing/ids.ts';
import { ADMIN, STRANGER, t } from '../billing/specimens.ts';
import { accountIn, balancesIn, correction, entriesIn, openEngine, running, subscription } from './engine.ts';

describe('a subscription', () => {
  test('makes an account, a grant and an entry', async () => {
    const engine = openEngine();

    expect(await engine.executor.execute('putSubscription', subscription(12))).toEqual({ kind: 'stored' });
    expect(balancesIn(engine)).toEqual(['12, 0 held']);
    expect(entriesIn(engine)).toEqual(['grant subscription 12']);
    expect(engine.store.tables().entries[0]).toMatchObject({ actor: { role: 'admin', id: ADMIN } });
  });

  test('without a beginning is valid from now on', async () => {
    const engine = openEngine();
    engine.setClock(t('3:00'));
    await engine.executor.execute('putSubscription', subscription(1, { startsAt: null }));

    expect(accountIn(engine.store).grants[0]).toMatchObject({ startsAt: t('3:00'), expiresAt: null });
  });

  test('that is put again as it is changes nothing', async () => {
    const engine = openEngine();
    await engine.executor.execute('putSubscription', subscription(5));
    const before = engine.store.tables();
    await engine.executor.execute('putSubscription', subscription(5));
    await engine.executor.execute('putSubscription', subscription(5, { startsAt: null }));

    expect(engine.store.tables()).toEqual(before);
  });

  test.each([
    [8, 'stored', '8, 1 held'],
    [2, 'stored', '2, 1 held'],
    [1, 'stored', '1, 1 held'],
    [0, 'subscription_total_too_low', '5, 1 held'],
  ])('of five units, one of them held, that is put as %i is %s', async (units, outcome, balance) => {
    const engine = await running();
    const answer = await engine.executor.execute('putSubscription', subscription(units));

    expect(answer.kind === 'refused' ? answer.code : answer.kind).toBe(outcome);
    expect(balancesIn(engine)).toEqual([balance]);
  });

  test('is never put below what was used of it', async () => {
    const engine = await running();
    engine.setClock(t('25:00'));

    expect(await engine.executor.execute('putSubscription', subscription(2))).toMatchObject({
      code: 'subscription_total_too_low',
    });
    expect(await engine.executor.execute('putSubscription', subscription(3))).toEqual({ kind: 'stored' });
    expect(balancesIn(engine)).toEqual(['1, 1 held']);
  });

  test('that was corrected by an admin keeps the correction when the same total is put again', async () => {
    const engine = openEngine();
    await engine.executor.execute('putSubscription', subscription(5));
    await engine.executor.execute('adjust', { grantId: grantId(1), units: 3, ...correction('1') });
    await engine.executor.execute('putSubscription', subscription(5));
    await engine.executor.execute('putSubscription', subscription(6));

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
      engine.executor.execute('putSubscription', subscription(units, { version }));
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
    await engine.executor.execute('putSubscription', subscription(5, terms));
    await engine.executor.execute('adjust', { grantId: grantId(1), units: 3, ...correction('1') });
    const before = engine.store.tables();
    expect(await engine.executor.execute('putSubscription', subscription(5, terms))).toEqual({
      kind: 'stored',
    });
    expect(
      await engine.executor.execute('putSubscription', subscription(5, { ...terms, startsAt: null })),
    ).toEqual({
      kind: 'stored',
    });
    for (const other of [
      subscription(6, terms),
      subscription(5, { ...terms, expiresAt: null }),
      subscription(5, { ...terms, startsAt: t('1:00') }),
    ])
      expect(await engine.executor.execute('putSubscription', other)).toEqual({
        kind: 'refused',
        code: 'subscription_version_stale',
        version: 4,
      });

    expect(engine.store.tables()).toEqual(before);
  });

  test('that only gets a later version writes no entry in the ledger', async () => {
    const engine = openEngine();
    for (const version of [null, 0, 7])
      await engine.executor.execute('putSubscription', subscription(5, { version }));

    expect(accountIn(engine.store).grants[0]).toMatchObject({ version: 7 });
    expect(entriesIn(engine)).toEqual(['grant subscription 5']);
  });

  test('that is refused for another reason does not leave its version behind', async () => {
    const engine = await running();
    const refused = await engine.executor.execute('putSubscription', subscription(0, { version: 2 }));

    expect(refused).toMatchObject({ code: 'subscription_total_too_low' });
    expect(accountIn(engine.store).grants[0]).toMatchObject({ version: null });
  });

  test('of somebody else is not given to this patient', async () => {
    const engine = openEngine();
    await engine.executor.execute('putSubscription', subscription(5));

    expect(
      await engine.executor.execute('putSubscription', subscription(5, { patientId: STRANGER })),
    ).toEqual({
      kind: 'refused',
      code: 'subscription_in_use',
    });
    expect(accountIn(engine.store, STRANGER).grants).toEqual([]);
  });

  test('has a million units at most', async () => {
    const engine = openEngine();

    expect(await engine.executor.execute('putSubscription', subscription(1_000_001))).toMatchObject({
      code: 'subscription_units_out_of_bounds',
    });
    expect(await engine.executor.execute('putSubscription', subscription(1_000_000))).toEqual({
      kind: 'stored',
    });
    expect(
      await engine.executor.execute('adjust', { grantId: grantId(1), units: 1, ...correction('1') }),
    ).toMatchObject({ code: 'subscription_units_out_of_bounds' });
  });

  test('that is made to expire earlier pays for no block after that, and the ledger holds the new end', async () => {
    const engine = await running();
    engine.setClock(t('5:00'));
    await engine.executor.execute('putSubscription', subscription(5, { expiresAt: t('10:00') }));
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
    const command = subscription(1, { startsAt: null, ...terms, expiresAt: t(until) });
    const answer = await engine.executor.execute('putSubscription', command);

    expect(answer.kind === 'refused' ? answer.code : answer.kind).toBe(outcome);
    expect(entriesIn(engine)).toHaveLength(outcome === 'stored' ? 1 : 0);
  });

  test('that exists cannot be made valid at no time by putting its end alone', async () => {
    const engine = openEngine();
    await engine.executor.execute('putSubscription', subscription(5, { startsAt: t('8:00') }));
    const putUntil = (until: string, units = 5) =>
      engine.executor.execute(
        'putSubscription',
        subscription(units, { startsAt: null, expiresAt: t(until) }),
      );

    expect(await putUntil('8:00', 7)).toEqual({ kind: 'refused', code: 'subscription_validity_empty' });
    expect(entriesIn(engine)).toEqual(['grant subscription 5']);
    expect(await putUntil('8:00.001')).toEqual({ kind: 'stored' });
  });

  test('of now settles first: units that come after the boundary do not revive the session', async () => {
    const engine = await running({}, 1);
    engine.setClock(t('10:00'));
    await engine.executor.execute('putSubscription', subscription(5));

    expect(accountIn(engine.store).sessions[0]).toMatchObject({
      endReason: 'balance_exhausted',
      endedAt: t('10:00'),
    });
    expect(balancesIn(engine)).toEqual(['4, 0 held']);
  });
});
