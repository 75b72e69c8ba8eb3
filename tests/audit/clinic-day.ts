/**
 * A day of a clinic, lived by the real engine on a real database: every way in which a session can end, refunds,
 * corrections, top-ups, grants that expire, two sessions of one patient that share the last unit, and a worker that
 * was away for an hour.
 */
import { audit, type AuditRequest } from '../../src/audit/audit.ts';
import type { AuditSummary, Difference } from '../../src/audit/difference.ts';
import { NINE, MINUTE, type Clinic, openClinic, started } from '../engine/clinic.ts';

export const EVERYTHING: AuditRequest = { from: null, to: null, by: 'ended', patientId: null };

export interface Found {
  readonly summary: AuditSummary;
  readonly differences: readonly Difference[];
}

/** What the auditor says of the clinic, with small pages, so that there are several. */
export async function auditOf(
  { database }: Pick<Clinic, 'database'>,
  request: Partial<AuditRequest> = {},
): Promise<Found> {
  const differences: Difference[] = [];
  const summary = await audit({
    request: { ...EVERYTHING, ...request },
    size: { accounts: 3, events: 25 },
    readPage: database.audit.readPage,
    onDifference: (row) => differences.push(row),
    yieldToEventLoop: () => Promise.resolve(),
    goOn: () => true,
  });
  return { summary, differences };
}

/** Minutes after nine, as an instant. */
export const minute = (minutes: number): number => NINE + minutes * MINUTE;

const DOCTOR = 900;

/** Opens a clinic and lives its day. Patients are 101 to 112; appointment n0 is the first of patient n. */
export async function openLivedClinic(): Promise<Clinic> {
  const clinic = await openClinic();
  const strict = clinic.open({ policy: { idleMs: 7 * MINUTE, firstActivityMs: 5 * MINUTE } });
  const watched = clinic.open({ policy: { doctorResponseMs: 13 * MINUTE, noActivityUnits: 0 } });
  const short = clinic.open({ policy: { maxDurationMs: 25 * MINUTE, endGraceMs: 2 * MINUTE } });
  const patients = Array.from({ length: 12 }, (_, i) => 101 + i);
  for (const patient of patients) {
    await clinic.grant(patient * 10, 4, { patient, expiresAt: minute(15) });
    await clinic.grant(patient * 10 + 1, patient % 2 === 0 ? 1 : 6, { patient });
    for (const nth of [0, 1, 2]) await clinic.book(patient * 10 + nth, { patient, doctor: DOCTOR });
  }

  const at = (minutes: number) => clinic.at(minutes);
  const begin = (process: Pick<Clinic, 'start'>, patient: number) => started(process, patient * 10, patient);
  await begin(clinic, 101);
  await begin(strict, 102);
  await begin(strict, 103);
  await begin(watched, 104);
  await begin(watched, 105);
  await begin(short, 106);
  await begin(short, 107);
  const eighth = await begin(clinic, 108);
  // Two sessions of one patient, one of them in the very instant of the other.
  await begin(clinic, 109);
  await started(clinic, 1091, 109);
  await begin(clinic, 110);
  await begin(clinic, 111);

  await at(2);
  for (const patient of [101, 102, 104, 106, 107, 108, 109, 111]) await clinic.write(patient * 10, patient);
  await clinic.send(1091, DOCTOR, 'Good morning');
  await clinic.write(1100, DOCTOR);
  await clinic.send(1010, DOCTOR, 'Good morning', '7f9c24e8-3b12-4fef-91e0-5a1f0f6d2a01');
  await at(6);
  // No line in the log: only a role's first activity and messages have one.
  await clinic.write(1020, 102);
  await clinic.write(1010, DOCTOR);
  await clinic.adjust(1110, -2);
  await at(9);
  await clinic.grant(1111, 9, { patient: 111, startsAt: minute(0), expiresAt: minute(40) });
  await at(12);
  await clinic.end(1010, 101);
  await clinic.write(1020, 102);
  await clinic.end(1060, 106);
  await clinic.endByAdmin(eighth, false);
  await at(14);
  await clinic.write(1070, DOCTOR);
  await clinic.write(1100, 110);

  // Nobody looked at anything for an hour.
  await at(75);
  await started(clinic, 1012, 101);
  await clinic.sweep();
  const [charge] = (
    await clinic.sql.query<{ id: string }>(
      `SELECT id FROM ledger_entries WHERE session_id = (
       SELECT id FROM text_appointment_sessions WHERE appointment_id = 1010) AND interval_no = 1 AND kind = 'charge'`,
    )
  ).rows;
  await clinic.refund(Number(charge?.id));
  await clinic.adjust(1011, 3);
  const [refund] = (
    await clinic.sql.query<{ id: string }>(
      `SELECT id FROM ledger_entries WHERE kind = 'refund' AND reason = 'correction' ORDER BY id DESC LIMIT 1`,
    )
  ).rows;
  await clinic.takeBack(Number(refund?.id));
  await at(80);
  await clinic.send(1012, 101, 'Are you there?', '7f9c24e8-3b12-4fef-91e0-5a1f0f6d2a02');
  return clinic;
}
