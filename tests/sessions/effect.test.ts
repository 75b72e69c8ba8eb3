/** What a preview says of an act, in examples that can be checked by eye. */
import { describe, expect, test } from 'vitest';
import { grantId, ledgerEntryId, sessionId } from '../../src/billing/ids.ts';
import { createHandlers } from '../../src/sessions/commands/handlers.ts';
import { createPreview } from '../../src/sessions/preview.ts';
import { ADMIN, CLINIC, DOCTOR, t } from '../billing/specimens.ts';
import { book, type Engine, of, openEngine } from './engine.ts';

const handlers = createHandlers({ policy: CLINIC, window: { earlyStartMs: 0, startWindowMs: null } });
const previewOf = ({ store }: Engine) => createPreview(store.read, handlers);
const correction = { admin: ADMIN, note: '', idempotencyKey: 'a key' };

/** Sessions 1 and 2 of one patient run since minute 0, and both wrote in each. */
async function running(units = 5, sessions = [1]) {
  const engine = openEngine();
  await book(engine, units, sessions);
  for (const id of sessions) {
    await engine.executor.execute('start', of(id));
    await engine.executor.execute('recordActivity', of(id, DOCTOR));
    await engine.executor.execute('recordActivity', of(id));
  }
  return engine;
}

const endOf = (charge: boolean) => ({ sessionId: sessionId(1), admin: ADMIN, note: '', charge });

describe('the effect of an end by the office', () => {
  test('tells apart what is due anyway and what the end adds', async () => {
    const engine = await running();
    engine.setClock(t('25:00'));

    expect(await previewOf(engine)('endByAdmin', endOf(true))).toMatchObject({
      kind: 'ended',
      effect: {
        dueAnyway: { units: 2, entries: [{ intervalNo: 1 }, { intervalNo: 2, effectiveAt: t('20:00') }] },
        adds: { units: 1, entries: [{ intervalNo: 3, reason: 'admin_end', effectiveAt: t('25:00') }] },
        grants: [{ grantId: 1, before: 3, after: 2, isUsable: true }],
        session: { sessionId: 1, unitsBefore: 2, unitsAfter: 3, fundedUntil: null },
        otherSessions: [],
      },
    });
    expect(await previewOf(engine)('endByAdmin', endOf(false))).toMatchObject({
      effect: {
        dueAnyway: { units: 2 },
        adds: { units: 0, entries: [] },
        grants: [],
        session: { unitsBefore: 2, unitsAfter: 2 },
      },
    });
  });

  test('says how much longer another session of the patient can go on', async () => {
    const engine = await running(3, [1, 2]);
    engine.setClock(t('5:00'));

    expect(await previewOf(engine)('endByAdmin', endOf(false))).toMatchObject({
      effect: {
        otherSessions: [{ sessionId: 2, fundedUntilBefore: t('20:00'), fundedUntil: t('30:00') }],
      },
    });
    expect(await previewOf(engine)('endByAdmin', endOf(true))).toMatchObject({
      effect: { otherSessions: [] },
    });
  });

  test('of a session that has ended is the stored end', async () => {
    const engine = await running(1);
    engine.setClock(t('10:00'));

    expect(await previewOf(engine)('endByAdmin', endOf(true))).toMatchObject({
      kind: 'ended_before',
      session: { session: { endReason: 'balance_exhausted' } },
    });
  });
});

describe('the effect of a correction', () => {
  /** Entry 2 is the charge of block 1, and the session is in block 2. */
  async function charged(units = 5) {
    const engine = await running(units);
    engine.setClock(t('11:00'));
    await engine.executor.execute('settle', { sessionId: sessionId(1) });
    return engine;
  }

  test('of a refund is a unit for its grant, and one less for its session', async () => {
    const engine = await charged();

    expect(await previewOf(engine)('refund', { ...correction, entryId: ledgerEntryId(2) })).toMatchObject({
      kind: 'recorded',
      effect: {
        dueAnyway: { units: 0, entries: [] },
        adds: { units: 1, entries: [{ kind: 'refund', intervalNo: 1 }] },
        grants: [{ grantId: 1, before: 4, after: 5, isUsable: true }],
        session: { sessionId: 1, unitsBefore: 1, unitsAfter: 0, fundedUntil: t('60:00') },
        otherSessions: [],
      },
    });
  });

  test('of taking a refund back leaves the session as it is', async () => {
    const engine = await charged();
    await engine.executor.execute('refund', { ...correction, note: 'n', entryId: ledgerEntryId(2) });
    const takeBack = { ...correction, idempotencyKey: 'another', entryId: ledgerEntryId(3) };

    expect(await previewOf(engine)('takeBack', takeBack)).toMatchObject({
      kind: 'recorded',
      effect: {
        adds: { units: -1, entries: [{ kind: 'adjustment', takesBack: 3 }] },
        grants: [{ before: 5, after: 4 }],
        session: null,
        otherSessions: [{ sessionId: 1, fundedUntilBefore: t('60:00'), fundedUntil: t('50:00') }],
      },
    });
  });

  test('of an adjustment says until when a session can go on then', async () => {
    const engine = await charged(2);

    expect(await previewOf(engine)('adjust', { ...correction, grantId: grantId(1), units: 3 })).toMatchObject(
      {
        effect: {
          adds: { units: 3 },
          grants: [{ before: 1, after: 4 }],
          session: null,
          otherSessions: [{ sessionId: 1, fundedUntilBefore: t('20:00'), fundedUntil: t('50:00') }],
        },
      },
    );
  });

  test('of a grant that has expired is of no use to the patient', async () => {
    const engine = await charged();
    await engine.executor.execute('putSubscription', {
      grantId: grantId(1),
      patientId: of(1).caller,
      units: 5,
      startsAt: null,
      expiresAt: t('15:00'),
      version: null,
      admin: ADMIN,
    });
    const refund = { ...correction, entryId: ledgerEntryId(2) };
    expect(await previewOf(engine)('refund', refund)).toMatchObject({
      effect: { grants: [{ isUsable: true }] },
    });
    engine.setClock(t('15:00'));
    expect(await previewOf(engine)('refund', refund)).toMatchObject({
      effect: { grants: [{ isUsable: false }] },
    });
  });

  test('of a request that was done before is that it was done, whether its note is there again or not yet', async () => {
    const engine = await charged();
    const refund = { ...correction, note: 'a mistake', entryId: ledgerEntryId(2) };
    await engine.executor.execute('refund', refund);

    for (const note of ['a mistake', ''])
      expect(await previewOf(engine)('refund', { ...refund, note })).toEqual({ kind: 'recorded_before' });
    expect(await previewOf(engine)('refund', { ...refund, note: 'another' })).toMatchObject({
      code: 'idempotency_key_reused',
    });
    expect(await previewOf(engine)('refund', { ...refund, idempotencyKey: 'another' })).toEqual({
      kind: 'refused',
      code: 'already_refunded',
      undone: { by: { role: 'admin', id: ADMIN }, at: t('11:00') },
    });
  });

  test('that is not what was shown is told, and nothing of it is done', async () => {
    const engine = await charged();
    const before = engine.store.tables();
    const shown: unknown[] = [];
    const outcome = await engine.executor.execute('refund', {
      ...correction,
      entryId: ledgerEntryId(2),
      isExpected: (effect) => {
        shown.push(effect);
        return false;
      },
    });

    expect(outcome).toMatchObject({ kind: 'effect_changed', effect: { adds: { units: 1 } } });
    expect(outcome).toHaveProperty('effect', shown[0]);
    expect(engine.store.tables()).toEqual(before);
  });
});
