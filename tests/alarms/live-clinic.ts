import { sessionId, type SessionId } from '../../src/billing/ids.ts';
import { type Clinic, DOCTOR, NINE, openClinic, started } from '../engine/clinic.ts';

/**
 * A clinic with blocks of ten minutes whose clock goes on by itself: `at(-9)` is nine minutes ago, `at(0)` is now. What is
 * started in the past is due soon, although a block takes as long as it does.
 */
export async function openLiveClinic(): Promise<Clinic> {
  const clinic = await openClinic();
  await clinic.sql
    .query(`CREATE OR REPLACE FUNCTION session_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT date_trunc('milliseconds', clock_timestamp()) + (now - to_timestamp(${NINE / 1_000})) FROM test_clock $$`);
  await clinic.at(0);
  return clinic;
}

/** Starts this many sessions as if it were so long ago: each has a patient of its own, and both sides wrote. */
export async function startSessions(clinic: Clinic, count: number, minutesAgo: number): Promise<SessionId[]> {
  await clinic.at(-minutesAgo);
  const sessions = await Promise.all(Array.from({ length: count }, (_, index) => startOne(clinic, index)));
  await clinic.at(0);
  return sessions;
}

async function startOne(clinic: Clinic, index: number): Promise<SessionId> {
  const [id, patient] = [1_000 + index, 5_000 + index];
  await clinic.grant(id, 9, { patient });
  await clinic.book(id, { patient });
  const session = sessionId(await started(clinic, id, patient));
  await clinic.write(id, patient);
  await clinic.write(id, DOCTOR);
  return session;
}

export interface Charge {
  readonly session: number;
  readonly block: number;
  readonly dueMs: number;
  readonly recordedMs: number;
}

export async function chargesOf({ sql }: Clinic): Promise<readonly Charge[]> {
  const { rows } = await sql.query<Charge>(
    `SELECT session_id::integer AS session, interval_no AS block, epoch_ms(effective_at)::float8 AS "dueMs",
       epoch_ms(recorded_at)::float8 AS "recordedMs"
     FROM ledger_entries WHERE kind = 'charge' ORDER BY session_id, interval_no`,
  );
  return rows;
}
