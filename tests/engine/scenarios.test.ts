import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clinic, DOCTOR, MINUTE, NINE, openClinic, PATIENT, said, started } from './clinic.ts';

/** The scenarios that must hold, on a real database, with time moved by hand. */

let clinic: Clinic;
type Opening = Parameters<typeof openClinic>[0] & { readonly units?: number };
const open = async ({ units = 5, ...settings }: Opening = {}) => {
  clinic = await openClinic(settings);
  await clinic.grant(1, units);
  await clinic.book(1);
};
afterEach(() => clinic.close());

/** A session that was started at nine, in which one side has written by the given minute. */
async function running(writer: number, minutes: number, opening: Opening = {}) {
  await open(opening);
  const id = await started(clinic, 1);
  await clinic.at(minutes);
  await clinic.write(1, writer);
  return id;
}

const charges = async () =>
  (await clinic.ledger()).map(({ reason, no, due, units }) => ({ reason, no, due, units }));
const interval = (no: number) => ({ reason: 'interval', no, due: no * 10, units: -1 });

describe('ends at whatever minute', () => {
  test.for([
    [8, 1],
    [12, 2],
    [25, 3],
    [35, 4],
    [10, 1],
    [20, 2],
  ] as const)('an end at %i minutes costs %i', async ([minutes, units]) => {
    const id = await running(PATIENT, 1);
    await clinic.at(minutes);
    const outcome = await clinic.end(1, DOCTOR);
    expect(said(outcome)).toBe('ended');
    expect(await clinic.session(id)).toMatchObject({ used: units, reason: 'manual_end', ended: minutes });
    expect(await clinic.units(1)).toEqual({ remaining: 5 - units, held: 0 });
    expect((await clinic.ledger()).map(({ units: taken }) => taken)).toEqual(Array(units).fill(-1));
  });
});

describe('the end and the alarm at one instant', () => {
  test.for(['end first', 'alarm first'] as const)('cost one unit, the %s', async (order) => {
    const id = await running(DOCTOR, 1);
    await clinic.at(10);
    if (order === 'end first') {
      await clinic.end(1, PATIENT);
      await clinic.settle(id);
    } else {
      await clinic.settle(id);
      await clinic.end(1, PATIENT);
    }
    expect(await charges()).toEqual([interval(1)]);
    expect(await clinic.session(id)).toMatchObject({
      used: 1,
      reason: 'manual_end',
      ended: 10,
      end_units: 0,
    });
  });

  test('cost one unit with fifty callers at once, from three processes', async () => {
    const id = await running(DOCTOR, 1);
    await clinic.at(10);
    const processes = [clinic, clinic.open(), clinic.open()];
    await Promise.all(
      Array.from({ length: 50 }, (_caller, index) => {
        const process = processes[index % 3] ?? clinic;
        return index % 2 === 0 ? process.end(1, index % 4 === 0 ? PATIENT : DOCTOR) : process.settle(id);
      }),
    );
    expect(await charges()).toEqual([interval(1)]);
    expect(await clinic.session(id)).toMatchObject({ used: 1, reason: 'manual_end', ended: 10 });
  });
});

test('two apps, three workers and the sweep at once leave one row per interval', async () => {
  const id = await running(PATIENT, 1);
  const workers = [clinic.open(), clinic.open(), clinic.open()];
  for (const minutes of [10, 20, 30]) {
    await clinic.at(minutes);
    await Promise.all([
      ...workers.flatMap((worker) => [worker.settle(id), worker.settle(id), worker.sweep()]),
      clinic.write(1, PATIENT),
      clinic.write(1, DOCTOR),
    ]);
  }
  expect(await charges()).toEqual([interval(1), interval(2), interval(3)]);
});

test('a worker that was down for 55 minutes writes what was due when it was due, and ends where the units did', async () => {
  const id = await running(PATIENT, 1, { units: 3 });
  await clinic.at(55);
  expect(await clinic.settle(id)).toMatchObject({
    kind: 'ended',
    did: { charged: [{ block: 1 }, { block: 2 }, { block: 3 }], refunded: [], ended: 'balance_exhausted' },
  });
  expect(await charges()).toEqual([interval(1), interval(2), interval(3)]);
  expect((await clinic.ledger()).map(({ recorded }) => recorded)).toEqual([55, 55, 55]);
  expect(await clinic.session(id)).toMatchObject({ ended: 30, reason: 'balance_exhausted', end_units: 0 });
});

test('a message at 10:05 to a session in which nobody wrote is refused, and the ending survives the refusal', async () => {
  await open();
  const id = await started(clinic, 1);
  await clinic.at(10 + 5 / 60);
  expect(said(await clinic.send(1, PATIENT, 'hello?'))).toBe('session_ended');
  expect(await clinic.session(id)).toMatchObject({
    ended: 10,
    reason: 'no_activity',
    used: 1,
    active: false,
  });
  expect(await charges()).toEqual([{ reason: 'no_activity', no: 1, due: 10, units: -1 }]);
});

test('an app that restarts at minute 12 changes nothing: the session, its start and its deadline are as before', async () => {
  const id = await running(PATIENT, 3);
  await clinic.at(12);
  const again = await clinic.start(1, PATIENT);
  expect(again).toMatchObject({ kind: 'already_active', session: { session: { id, startedAt: NINE } } });
  expect(again).toMatchObject({ session: { nextDeductionAt: NINE + 20 * MINUTE } });
  expect(await charges()).toEqual([interval(1)]);
});

test('200 messages in 11 minutes are one interval charge', async () => {
  await open();
  await started(clinic, 1);
  for (let sent = 0; sent < 200; sent += 20) {
    await clinic.at((sent / 200) * 11);
    await Promise.all(
      Array.from({ length: 20 }, (_message, index) =>
        clinic.send(1, index % 2 ? PATIENT : DOCTOR, `message ${index}`),
      ),
    );
  }
  await clinic.at(11);
  await clinic.sweep();
  expect(await charges()).toEqual([interval(1)]);
});

describe('starting', () => {
  test('twice at once, doctor and patient from two processes, starts one session', async () => {
    await open();
    const other = clinic.open();
    const outcomes = await Promise.all([
      clinic.start(1, PATIENT),
      other.start(1, DOCTOR),
      clinic.start(1, DOCTOR),
      other.start(1, PATIENT),
    ]);
    expect(outcomes.map(said).toSorted()).toEqual([
      'already_active',
      'already_active',
      'already_active',
      'started',
    ]);
    expect(await clinic.units(1)).toEqual({ remaining: 5, held: 1 });
  });

  test('after the end is refused with the ended session', async () => {
    await open();
    const id = await started(clinic, 1);
    await clinic.at(2);
    await clinic.end(1, PATIENT);
    expect(await clinic.start(1, DOCTOR)).toMatchObject({
      code: 'session_ended',
      session: { session: { id } },
    });
  });
});

test('the last unit at a boundary: no further unit, never below zero', async () => {
  const id = await running(DOCTOR, 5, { units: 1 });
  await clinic.at(10);
  expect(await clinic.end(1, PATIENT)).toMatchObject({ kind: 'ended_before' });
  expect(await charges()).toEqual([interval(1)]);
  expect(await clinic.session(id)).toMatchObject({ reason: 'balance_exhausted', ended: 10, used: 1 });
  expect(await clinic.units(1)).toEqual({ remaining: 0, held: 0 });
});

test('two sessions and one unit: the second start is refused', async () => {
  await open({ units: 1 });
  await clinic.book(2);
  const outcomes = await Promise.all([clinic.start(1, PATIENT), clinic.start(2, PATIENT)]);
  expect(outcomes.map(said).toSorted()).toEqual(['insufficient_sessions', 'started']);
});

test('the grant that expires first pays first, is honoured for the block it holds, and gets its own refund', async () => {
  clinic = await openClinic();
  await clinic.grant(1, 1, { startsAt: NINE - MINUTE, expiresAt: NINE + 15 * MINUTE });
  await clinic.grant(2, 5, { startsAt: NINE - MINUTE });
  await clinic.book(1);
  await started(clinic, 1);
  await clinic.at(1);
  await clinic.write(1, PATIENT);
  await clinic.at(25);
  await clinic.end(1, PATIENT);
  expect((await clinic.ledger()).map(({ grant, no }) => [grant, no])).toEqual([
    [1, 1],
    [2, 2],
    [2, 3],
  ]);
  const { rows } = await clinic.sql.query<{ id: string }>(
    `SELECT id FROM ledger_entries WHERE kind = 'charge' ORDER BY id`,
  );
  expect(said(await clinic.refund(Number(rows[0]?.id)))).toBe('recorded');
  expect(await clinic.units(1)).toEqual({ remaining: 1, held: 0 });
  expect(await clinic.units(2)).toEqual({ remaining: 3, held: 0 });
});

test('a top-up at minute 9 of the last block extends the session', async () => {
  const id = await running(PATIENT, 5, { units: 1 });
  await clinic.at(9);
  await clinic.grant(2, 1);
  await clinic.at(19);
  expect(await clinic.settle(id)).toMatchObject({ kind: 'active', delayMs: MINUTE });
  await clinic.at(21);
  await clinic.settle(id);
  expect((await clinic.ledger(id)).map(({ grant, no }) => [grant, no])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(await clinic.session(id)).toMatchObject({ ended: 20, reason: 'balance_exhausted' });
});

describe('who wrote, with R8 at 6 minutes and R9 at 3', () => {
  beforeEach(() =>
    open({ policy: { idleMs: 6 * MINUTE, doctorResponseMs: 3 * MINUTE, firstActivityMs: 5 * MINUTE } }),
  );
  test.for([
    ['nobody', [], 'no_activity', 5, 1],
    ['only the patient', [PATIENT], 'doctor_no_response', 5, 0],
    ['only the doctor', [DOCTOR], 'idle_timeout', 8, 1],
    ['both', [PATIENT, DOCTOR], 'idle_timeout', 8, 1],
  ] as const)('%s', async ([, writers, reason, ended, used]) => {
    const id = await started(clinic, 1);
    await clinic.at(2);
    for (const writer of writers) await clinic.write(1, writer);
    await clinic.at(30);
    await clinic.sweep();
    expect(await clinic.session(id)).toMatchObject({ reason, ended, used });
    expect(await clinic.units(1)).toEqual({ remaining: 5 - used, held: 0 });
  });
});

test('a doctor who never answers costs the patient nothing, whatever was taken before', async () => {
  const id = await running(PATIENT, 4, { policy: { doctorResponseMs: 25 * MINUTE } });
  expect(clinic.alarmsSet).toHaveLength(1);
  await clinic.at(40);
  await clinic.settle(id);
  expect((await clinic.ledger(id)).map(({ kind, no, due }) => [kind, no, due])).toEqual([
    ['charge', 1, 10],
    ['charge', 2, 20],
    ['refund', 1, 29],
    ['refund', 2, 29],
  ]);
  expect(await clinic.session(id)).toMatchObject({ reason: 'doctor_no_response', ended: 29, used: 0 });
  expect(await clinic.units(1)).toEqual({ remaining: 5, held: 0 });
});

test("the patient's first message brings the alarm forward where the doctor has to answer sooner than the boundary", async () => {
  const id = await running(PATIENT, 2, { policy: { doctorResponseMs: 3 * MINUTE } });
  // The one that was set at the start is left: it finds nothing due.
  const [boundary, answer] = clinic.alarmsSet;
  expect(clinic.alarmsSet.map(({ sessionId }) => sessionId)).toEqual([id, id]);
  expect(Number(boundary?.at) - Number(answer?.at)).toBe(5 * MINUTE);
  await clinic.at(3);
  await clinic.write(1, PATIENT);
  expect(clinic.alarmsSet).toHaveLength(2);
});

test('a third user is refused everywhere and changes nothing', async () => {
  await open();
  const id = await started(clinic, 1);
  await clinic.at(3);
  const stranger = 999;
  const outcomes = await Promise.all([
    clinic.start(1, stranger),
    clinic.write(1, stranger),
    clinic.send(1, stranger, 'let me in'),
    clinic.end(1, stranger),
    clinic.status(1, stranger),
    clinic.receipt(1, stranger),
  ]);
  expect(new Set(outcomes.map(said))).toEqual(new Set(['not_a_participant']));
  expect(await clinic.session(id)).toMatchObject({ active: true, used: 0 });
  const { rows } = await clinic.sql.query('SELECT last_activity_time FROM text_appointment_sessions');
  expect(rows).toEqual([{ last_activity_time: null }]);
});
