import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appointmentId, ledgerEntryId, sessionId, userId } from '../../src/billing/ids.ts';
import { type Instant, instant } from '../../src/billing/time.ts';
import type { LedgerCursor, LedgerFilter } from '../../src/sessions/console-store.ts';
import { type Clinic, DOCTOR, MINUTE, NINE, openClinic, PATIENT, started } from './clinic.ts';
import { ledgerFilter } from '../../tools/kit/list-filters.ts';

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
});
afterEach(() => clinic.close());

const OTHER = { patient: 102, doctor: 202 };
const at = (minutes: number): Instant => instant(NINE + minutes * MINUTE);

/** `30: charge 2`: what was due when, in minutes after nine, and of which session. */
async function ledger(
  filter: Partial<LedgerFilter>,
  limit = 2,
  cursor: LedgerCursor | null = null,
): Promise<string[]> {
  const told: string[] = [];
  for (let next = cursor; ;) {
    const page = await clinic.reads.ledger(ledgerFilter({ ...filter, cursor: next, limit }));
    expect(page.items.length).toBeLessThanOrEqual(limit);
    for (const { effectiveAt, kind, sessionId: session } of page.items)
      told.push(`${(effectiveAt - NINE) / MINUTE}: ${kind}${session === null ? '' : ` ${session}`}`);
    if (page.nextCursor === null) return told;
    next = page.nextCursor;
  }
}

/** Session 1 is settled late, by an hour: what was due at 10 and 20 is written after what was due at 15 and 25. */
async function openLateClinic(): Promise<void> {
  await clinic.grant(1, 5);
  await clinic.grant(2, 5, { patient: OTHER.patient });
  await clinic.book(501);
  await clinic.book(502, OTHER);
  const late = await started(clinic, 501);
  await clinic.write(501, PATIENT);
  await clinic.at(5);
  const other = await started(clinic, 502, OTHER.patient);
  await clinic.write(502, OTHER.patient);
  await clinic.at(16);
  await clinic.settle(other);
  await clinic.at(26);
  await clinic.settle(other);
  await clinic.endByAdmin(other, false);
  await clinic.settle(late);
  await clinic.endByAdmin(late, false);
  await clinic.at(40);
  await clinic.refund(4);
}

describe('the ledger', () => {
  beforeEach(openLateClinic);

  const BY_NUMBER = [
    '0: grant',
    '0: grant',
    '15: charge 2',
    '25: charge 2',
    '10: charge 1',
    '20: charge 1',
    '40: refund 2',
  ];
  const BY_TIME = [
    '0: grant',
    '0: grant',
    '10: charge 1',
    '15: charge 2',
    '20: charge 1',
    '25: charge 2',
    '40: refund 2',
  ];

  test.each([1, 2, 3, 100])('of a period comes by when it was due, in pages of %d', async (limit) => {
    expect(await ledger({ from: at(0) }, limit)).toEqual(BY_TIME);
    expect(await ledger({ to: at(41) }, limit)).toEqual(BY_TIME);
    expect(await ledger({ from: at(10), to: at(25) }, limit)).toEqual(BY_TIME.slice(2, 5));
  });

  test.each([1, 2, 3, 100])(
    'without one comes by the numbers of its entries, in pages of %d',
    async (limit) => {
      expect(await ledger({}, limit)).toEqual(BY_NUMBER);
    },
  );

  test('goes on by the number of an entry in the order of the numbers, as it did before periods had an order', async () => {
    const cursor = { effectiveAt: null, entryId: ledgerEntryId(3) };

    expect(await ledger({}, 2, cursor)).toEqual(BY_NUMBER.slice(3));
    expect(await ledger({ from: at(5), to: at(30) }, 2, cursor)).toEqual(BY_NUMBER.slice(3, 6));
  });

  test.each<[string, Partial<LedgerFilter>, RegExp]>([
    ['a patient', { patientId: userId(PATIENT) }, / 1$/],
    ['a doctor', { doctorId: userId(OTHER.doctor) }, / 2$/],
    ['a session', { sessionId: sessionId(2) }, / 2$/],
    ['a session and its doctor', { sessionId: sessionId(2), doctorId: userId(OTHER.doctor) }, / 2$/],
    ['a patient and a doctor', { patientId: userId(PATIENT), doctorId: userId(DOCTOR) }, / 1$/],
    ['a session and another patient', { sessionId: sessionId(2), patientId: userId(PATIENT) }, /^never$/],
    ['a patient and a strange doctor', { patientId: userId(PATIENT), doctorId: userId(999) }, /^never$/],
  ])('of %s has their entries and no others, in either order', async (_, filter, fits) => {
    const isOwn = (line: string) => fits.test(line);
    const grants =
      filter.patientId === userId(PATIENT) && Object.keys(filter).length === 1 ? ['0: grant'] : [];

    expect(await ledger(filter)).toEqual([...grants, ...BY_NUMBER.filter(isOwn)]);
    expect(await ledger({ ...filter, from: at(0), to: at(60) })).toEqual([
      ...grants,
      ...BY_TIME.filter(isOwn),
    ]);
  });

  test('has each entry by its number, and none under a number that is not there', async () => {
    expect(await clinic.reads.entry(ledgerEntryId(7))).toMatchObject({
      kind: 'refund',
      sessionId: 2,
      appointmentId: 502,
      doctorId: OTHER.doctor,
      intervalNo: 2,
      actor: { role: 'admin', id: 1 },
    });
    expect(await clinic.reads.entry(ledgerEntryId(1))).toMatchObject({ kind: 'grant', doctorId: null });
    expect(await clinic.reads.entry(ledgerEntryId(99))).toBeNull();
  });
});

describe('the figures of a day', () => {
  beforeEach(openLateClinic);

  const hour = { from: at(0), to: at(60) };
  const none = {
    manual_end: 0,
    admin_end: 0,
    no_activity: 0,
    balance_exhausted: 0,
    idle_timeout: 0,
    doctor_no_response: 0,
    max_duration: 0,
  };

  test('count what started, what ended and which units, by when it was due and not by when it was written', async () => {
    const quarters = [0, 15, 30].map((minutes) => ({ from: at(minutes), to: at(minutes + 15) }));

    expect(await clinic.reads.days(quarters, null)).toEqual([
      { started: 2, ended: none, unitsTaken: 1, unitsGivenBack: 0, unitsBought: 10 },
      { started: 0, ended: { ...none, admin_end: 2 }, unitsTaken: 3, unitsGivenBack: 0, unitsBought: 0 },
      { started: 0, ended: none, unitsTaken: 0, unitsGivenBack: 1, unitsBought: 0 },
    ]);
  });

  test('of a doctor are those of the doctor’s sessions; nothing was bought for them', async () => {
    expect(await clinic.reads.days([hour], userId(OTHER.doctor))).toEqual([
      { started: 1, ended: { ...none, admin_end: 1 }, unitsTaken: 2, unitsGivenBack: 1, unitsBought: 0 },
    ]);
    expect(await clinic.reads.days([hour], userId(999))).toEqual([
      { started: 0, ended: none, unitsTaken: 0, unitsGivenBack: 0, unitsBought: 0 },
    ]);
  });

  test('tell what was bought with what the clinic’s system corrected, and without what an admin did', async () => {
    await clinic.at(45);
    await clinic.grant(1, 8);
    await clinic.adjust(1, 20);

    expect(await clinic.reads.days([hour], null)).toMatchObject([{ unitsTaken: 4, unitsBought: 13 }]);
  });
});

describe('the history of a balance', () => {
  test('has what each grant held after each entry, the newest ones, the oldest of them first', async () => {
    await openLateClinic();
    await clinic.grant(3, 7);

    const history = [
      { at: at(0), grantId: 1, balanceAfter: 5 },
      { at: at(10), grantId: 1, balanceAfter: 4 },
      { at: at(20), grantId: 1, balanceAfter: 3 },
      { at: at(40), grantId: 3, balanceAfter: 7 },
    ];
    expect(await clinic.reads.history(userId(PATIENT), 2_000)).toEqual(history);
    expect(await clinic.reads.history(userId(PATIENT), 2)).toEqual(history.slice(2));
    expect(await clinic.reads.history(userId(999), 2)).toBeNull();
  });

  test('is empty for a patient who never had a grant', async () => {
    await clinic.book(501);

    expect(await clinic.reads.history(userId(PATIENT), 2_000)).toEqual([]);
  });
});

describe('a number', () => {
  test('finds everything that has it, and nothing where nothing has it', async () => {
    const seven = 7;
    await clinic.grant(seven, 5, { patient: seven });
    await clinic.book(1, { patient: seven, doctor: 8 });
    await clinic.book(seven, { patient: seven, doctor: 8 });
    await clinic.start(1, seven);
    await clinic.book(9, { patient: seven, doctor: 10 });

    expect(await clinic.reads.find(1)).toEqual([
      { kind: 'session', id: 1 },
      { kind: 'appointment', id: 1 },
      { kind: 'entry', id: 1 },
    ]);
    expect(await clinic.reads.find(seven)).toEqual([
      { kind: 'patient', id: 7 },
      { kind: 'appointment', id: 7 },
      { kind: 'grant', id: 7 },
    ]);
    expect(await clinic.reads.find(8)).toEqual([{ kind: 'doctor', id: 8 }]);
    expect(await clinic.reads.find(10)).toEqual([{ kind: 'doctor', id: 10 }]);
    expect(await clinic.reads.find(999)).toEqual([]);
    expect(await clinic.reads.find(Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  test('of an appointment tells what was booked, and its session', async () => {
    await clinic.grant(1, 5);
    await clinic.book(501);
    const booked = { id: 501, patientId: PATIENT, doctorId: DOCTOR, status: 'confirmed', scheduledAt: NINE };

    expect(await clinic.reads.appointment(appointmentId(501))).toMatchObject({
      appointment: booked,
      sessionId: null,
    });
    const session = await started(clinic, 501);
    expect(await clinic.reads.appointment(appointmentId(501))).toMatchObject({
      appointment: booked,
      sessionId: session,
    });
    expect(await clinic.reads.appointment(appointmentId(999))).toBeNull();
  });
});
