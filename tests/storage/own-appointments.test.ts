import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SessionId, sessionId, userId } from '../../src/billing/ids.ts';
import type { AppointmentCursor, AppointmentFilter } from '../../src/sessions/records.ts';
import { type Clinic, DOCTOR, MINUTE, NINE, openClinic, PATIENT, started } from '../engine/clinic.ts';

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
  await clinic.grant(1, 50);
});
afterEach(() => clinic.close());

const STRANGER = 999;

const page = (
  state: AppointmentFilter['state'],
  caller: number,
  limit = 50,
  cursor: AppointmentCursor | null = null,
) => clinic.reads.appointments({ state, caller: userId(caller), limit, cursor });

async function listed(...asked: Parameters<typeof page>): Promise<number[]> {
  const { items } = await page(...asked);
  return items.map(({ appointment }) => appointment.id);
}

/** Every page, one after the other, with something done after each. */
async function pages(
  state: AppointmentFilter['state'],
  caller: number,
  limit: number,
  between = async (): Promise<unknown> => undefined,
): Promise<number[][]> {
  const found: number[][] = [];
  for (let cursor: AppointmentCursor | null = null; ;) {
    const { items, nextCursor } = await page(state, caller, limit, cursor);
    found.push(items.map(({ appointment }) => appointment.id));
    if (nextCursor === null) return found;
    cursor = nextCursor;
    await between();
  }
}

describe('upcoming appointments', () => {
  test('are those of the caller, as patient and as doctor, by their time', async () => {
    await clinic.book(1, { scheduledAt: NINE + 3 * MINUTE });
    await clinic.book(2, { scheduledAt: NINE - 60 * MINUTE, status: 'pending' });
    await clinic.book(4, { scheduledAt: NINE });
    await clinic.book(3, { scheduledAt: NINE });
    await clinic.book(5, { patient: DOCTOR, doctor: 202, scheduledAt: NINE + MINUTE });
    await clinic.book(6, { patient: 102, doctor: 202 });

    expect(await listed('upcoming', PATIENT)).toEqual([2, 3, 4, 1]);
    expect(await listed('upcoming', DOCTOR)).toEqual([2, 3, 4, 5, 1]);
    expect(await listed('upcoming', 202)).toEqual([6, 5]);
    expect(await listed('upcoming', STRANGER)).toEqual([]);
  });

  test('are neither cancelled nor completed nor of another type nor started', async () => {
    await clinic.book(1);
    await clinic.book(2);
    await clinic.book(3, { type: 'audio' });
    await clinic.book(4, { status: 'cancelled' });
    await clinic.book(5, { status: 'completed' });
    await clinic.start(2, PATIENT);

    const { items } = await page('upcoming', DOCTOR);
    expect(items).toMatchObject([{ appointment: { id: 1, type: 'text', status: 'confirmed' }, view: null }]);
  });

  test('come page by page, each once, though one is moved from a page that was read', async () => {
    for (const id of [1, 2, 3, 4, 5]) await clinic.book(id, { scheduledAt: NINE + id * MINUTE });
    const moved = () => clinic.book(2, { scheduledAt: NINE - 60 * MINUTE });

    expect(await pages('upcoming', PATIENT, 2, moved)).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('of the same time come page by page, by their ids', async () => {
    for (const id of [5, 3, 1, 4, 2]) await clinic.book(id);

    expect(await pages('upcoming', DOCTOR, 1)).toEqual([[1], [2], [3], [4], [5]]);
  });

  test('are no longer the caller’s once somebody else has them', async () => {
    await clinic.book(1);
    await clinic.book(1, { doctor: 202 });

    expect(await listed('upcoming', DOCTOR)).toEqual([]);
    expect(await listed('upcoming', 202)).toEqual([1]);
  });
});

describe('active and ended appointments', () => {
  async function start(...appointments: number[]): Promise<SessionId[]> {
    const ids: SessionId[] = [];
    for (const id of appointments) {
      await clinic.book(id);
      ids.push(await started(clinic, id));
    }
    return ids;
  }

  test('have their session as it stands now, the one that was started last first', async () => {
    await start(1, 2, 3);
    await clinic.at(5);
    await clinic.write(3, PATIENT);
    await clinic.end(2, PATIENT);
    await clinic.at(8);

    const { items, nextCursor } = await page('active', DOCTOR);
    expect(items.map(({ appointment }) => appointment.id)).toEqual([3, 1]);
    expect(items[0]?.view).toMatchObject({
      session: { id: sessionId(3), state: 'active', hasPatientActivity: true },
      remainingUnits: 49,
      availableUnits: 47,
      accountNow: NINE + 8 * MINUTE,
      logged: { eventNo: 2 },
    });
    expect(nextCursor).toBeNull();
    expect((await page('ended', PATIENT)).items).toMatchObject([
      {
        appointment: { id: 2 },
        view: { session: { state: 'ended', endReason: 'manual_end', unitsUsed: 1 } },
      },
    ]);
    expect(await listed('active', STRANGER)).toEqual([]);
  });

  test('show the end of a session that is due, though nobody has written it yet', async () => {
    await start(1);
    await clinic.at(11);

    expect((await page('active', PATIENT)).items).toMatchObject([
      { view: { session: { state: 'ended', endReason: 'no_activity' } } },
    ]);
    await clinic.sweep();
    expect(await listed('active', PATIENT)).toEqual([]);
    expect(await listed('ended', PATIENT)).toEqual([1]);
  });

  test('come page by page, each once, though a new one is started in between', async () => {
    await start(1, 2, 3, 4, 5);

    expect(await pages('active', PATIENT, 2, () => start(6))).toEqual([[5, 4], [3, 2], [1]]);
  });

  test('are there whatever becomes of the status of the appointment', async () => {
    await start(1);
    await clinic.book(1, { status: 'cancelled', scheduledAt: NINE + 9 * MINUTE });

    expect((await page('active', PATIENT)).items).toMatchObject([
      { appointment: { id: 1, status: 'cancelled' }, view: { session: { state: 'active' } } },
    ]);
  });
});

describe('the caller’s own balance', () => {
  test('is what the clinic sees of it, with grants that have expired', async () => {
    await clinic.grant(2, 3, { startsAt: NINE - MINUTE, expiresAt: NINE + MINUTE });
    await clinic.book(1);
    await clinic.start(1, PATIENT);
    await clinic.at(2);

    const own = await clinic.reads.ownBalance(userId(PATIENT));
    expect(own).toEqual(await clinic.reads.balance(userId(PATIENT)));
    expect(own).toMatchObject({ remainingUnits: 50, grants: [{ id: 1 }, { id: 2, held: 1 }] });
  });

  test('is empty for a user of whom the clinic’s system never sent anything', async () => {
    expect(await clinic.reads.ownBalance(userId(STRANGER))).toEqual({
      patientId: STRANGER,
      grants: [],
      remainingUnits: 0,
      heldUnits: 0,
      availableUnits: 0,
      accountNow: NINE,
    });
    expect(await clinic.reads.balance(userId(STRANGER))).toBeNull();
  });
});
