import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SessionId, userId } from '../../src/billing/ids.ts';
import { ADMIN, type Clinic, MINUTE, NINE, said } from './clinic.ts';
import { lastEntry, openChargedSession } from './charged-session.ts';

let clinic: Clinic;
let session: SessionId;
/** The first interval's charge. */
let charge: number;

beforeEach(async () => {
  ({ clinic, session, charge } = await openChargedSession());
});
afterEach(() => clinic.close());

describe('a refund that is taken back', () => {
  test('leaves the grant as if it had not been given, once, with a link to the refund', async () => {
    await clinic.refund(charge, 'a');
    const refund = await lastEntry(clinic);
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
    const refund = await lastEntry(clinic);
    const other = clinic.open();
    const outcomes = await Promise.all([clinic.takeBack(refund, 'b'), other.takeBack(refund, 'c')]);

    expect(outcomes.map(said).toSorted()).toEqual(['already_taken_back', 'recorded']);
    expect(await clinic.units(1)).toEqual({ remaining: 4, held: 1 });
  });

  test('cannot be where its unit was used meanwhile, or is no refund', async () => {
    await clinic.refund(charge, 'a');
    const refund = await lastEntry(clinic);
    await clinic.adjust(1, -4);
    expect(said(await clinic.takeBack(refund, 'b'))).toBe('subscription_total_too_low');
    expect(said(await clinic.takeBack(charge, 'c'))).toBe('not_a_refund');
    expect(said(await clinic.takeBack(999, 'd'))).toBe('entry_not_found');
    expect(said(await clinic.takeBack(refund, 'a')), 'the key of the refund').toBe('idempotency_key_reused');
  });
});
