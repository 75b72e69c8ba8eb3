/** R13: appointments with terms of their own, on a real database. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appointmentId, userId } from '../../src/billing/ids.ts';
import { type Clinic, MINUTE, openClinic, PATIENT, said, SEED_POLICY, started } from './clinic.ts';

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
  await clinic.grant(1, 10);
});
afterEach(() => clinic.close());

const charged = async () => (await clinic.ledger()).map(({ no, reason, due }) => `${due}: ${no} ${reason}`);

test('a chat of three-minute blocks and a therapy of fifty minutes are charged by their own blocks, from one grant', async () => {
  await clinic.book(1, { terms: { intervalMs: 3 * MINUTE } });
  await clinic.book(2, { terms: { intervalMs: 50 * MINUTE, endGraceMs: 5 * MINUTE } });
  const chat = await started(clinic, 1);
  const therapy = await started(clinic, 2);
  await clinic.at(1);
  await clinic.write(1, PATIENT);
  await clinic.write(2, PATIENT);
  await clinic.at(7);
  await clinic.end(1, PATIENT);
  await clinic.at(54);
  await clinic.end(2, PATIENT);

  expect(await charged()).toEqual(['3: 1 interval', '6: 2 interval', '7: 3 manual_end', '50: 1 interval']);
  const { rows } = await clinic.sql.query<{ policy: unknown }>(
    'SELECT policy FROM text_appointment_sessions WHERE id IN ($1, $2) ORDER BY appointment_id',
    [chat, therapy],
  );
  expect(rows.map(({ policy }) => policy)).toEqual([
    { ...SEED_POLICY, intervalMs: 3 * MINUTE, firstActivityMs: 3 * MINUTE },
    { ...SEED_POLICY, intervalMs: 50 * MINUTE, endGraceMs: 5 * MINUTE },
  ]);
});

test('terms that are there are kept by an earlier version, which does not know them, and by a booking without any', async () => {
  await clinic.book(1, { terms: { intervalMs: 3 * MINUTE } });
  await clinic.sql.query("UPDATE appointments SET status = 'pending' WHERE id = 1");
  await clinic.book(1);
  await started(clinic, 1);

  expect(await clinic.status(1, PATIENT)).toMatchObject({
    view: { session: { policy: { intervalMs: 3 * MINUTE } } },
  });
});

test('terms are fixed once the session has started, also where both come at once', async () => {
  await clinic.book(1);
  const [start, put] = await Promise.all([
    clinic.start(1, PATIENT),
    clinic.book(1, { terms: { intervalMs: 3 * MINUTE } }),
  ]);
  const { appointments } = await clinic.database.store.read({ appointments: [appointmentId(1)] });
  const status = await clinic.status(1, PATIENT);

  expect(said(start)).toBe('started');
  const intervalMs = said(put) === 'stored' ? 3 * MINUTE : SEED_POLICY.intervalMs;
  expect(appointments[0]?.terms?.intervalMs ?? SEED_POLICY.intervalMs).toBe(intervalMs);
  expect(status).toMatchObject({ view: { session: { patientId: userId(PATIENT), policy: { intervalMs } } } });
  expect(said(await clinic.book(1, { terms: { intervalMs: 2 * MINUTE } }))).toBe('appointment_in_use');
});
