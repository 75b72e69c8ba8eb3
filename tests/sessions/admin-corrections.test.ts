/** What an administrator is answered who refunds a charge or adjusts a grant. */
import { describe, expect, test } from 'vitest';
import { grantId, ledgerEntryId, sessionId } from '../../src/billing/ids.ts';
import { ADMIN, t } from '../billing/specimens.ts';
import { accountIn, balancesIn, book, correction, of, openEngine, running, subscription } from './engine.ts';

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

  test('of a charge that the doctor’s silence gives back at that moment is refused as made already', async () => {
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
    await engine.executor.execute('putSubscription', subscription(5, { expiresAt: t('12:00') }));
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

describe('a correction that is sent twice at once', () => {
  test('in one batch is made once: the second finds the key of the first', async () => {
    const engine = openEngine();
    await book(engine);
    engine.seen.length = 0;
    const adjustment = { grantId: grantId(1), units: 2, ...correction('1') };

    const [first, second] = await Promise.all([
      engine.executor.execute('adjust', adjustment),
      engine.executor.execute('adjust', adjustment),
    ]);

    expect([first.kind, second.kind]).toEqual(['recorded', 'recorded_before']);
    expect(accountIn(engine.store)).toMatchObject({ grants: [{ remaining: 7 }] });
    expect(engine.seen.filter((line) => line.includes('broken'))).toEqual([]);
  });

  test('with another request under the same key is refused', async () => {
    const engine = openEngine();
    await book(engine);
    const [first, second] = await Promise.all([
      engine.executor.execute('adjust', { grantId: grantId(1), units: 2, ...correction('1') }),
      engine.executor.execute('adjust', { grantId: grantId(1), units: 3, ...correction('1') }),
    ]);

    expect(first.kind).toBe('recorded');
    expect(second).toEqual({ kind: 'refused', code: 'idempotency_key_reused' });
    expect(accountIn(engine.store)).toMatchObject({ grants: [{ remaining: 7 }] });
  });
});
