import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SessionId, userId } from '../../src/billing/ids.ts';
import { actionFilter } from '../../tools/kit/list-filters.ts';
import { ADMIN, type Clinic, MINUTE, NINE, PATIENT } from './clinic.ts';
import { actionsIn, lastEntry, openChargedSession } from './charged-session.ts';

let clinic: Clinic;
let session: SessionId;
/** The first interval's charge. */
let charge: number;

beforeEach(async () => {
  ({ clinic, session, charge } = await openChargedSession());
});
afterEach(() => clinic.close());

describe('who did what, in the tables', () => {
  test('is written with the change, and where nothing changes there is nothing', async () => {
    await clinic.refund(charge, 'a');
    await clinic.refund(charge, 'a');
    await clinic.grant(1, 5);
    await clinic.book(1);
    await clinic.end(1, PATIENT);
    await clinic.endByAdmin(session, true);

    expect((await actionsIn(clinic)).map(({ action }) => action)).toEqual([
      'grant.created',
      'appointment.created',
      'charge.refunded',
    ]);
    expect((await actionsIn(clinic)).at(-1)).toEqual({
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
    const refund = await lastEntry(clinic);
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
    const { page } = clinic.database.actions;
    const found = [];
    let cursor = null;
    do {
      const { items, nextCursor }: Awaited<ReturnType<typeof page>> = await page(
        actionFilter({ cursor, limit: 3 }),
      );
      found.push(...items.map(({ id }) => id));
      cursor = nextCursor;
    } while (cursor !== null);
    expect(found).toHaveLength(10);
    expect(found).toEqual(found.toSorted((a, b) => b - a));

    const namesOf = async (filter: Partial<Parameters<typeof page>[0]>) =>
      (await page(actionFilter({ limit: 100, ...filter }))).items.map(({ action }) => action);
    expect(await namesOf({ patientId: userId(102) })).toEqual(['grant.created']);
    expect(await namesOf({ action: 'appointment.created' })).toHaveLength(1);
    expect(await namesOf({ actorId: userId(99) })).toEqual([]);
    const [first] = (await page(actionFilter({ limit: 1 }))).items;
    const at = first?.recordedAt ?? null;
    expect(await namesOf({ from: at })).toHaveLength(2);
    expect(await namesOf({ to: at })).toHaveLength(8);
    expect(
      await namesOf({ actorId: userId(ADMIN), action: 'grant.adjusted', patientId: userId(PATIENT), to: at }),
    ).toHaveLength(6);
  });
});
