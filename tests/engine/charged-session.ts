/** A session on a real database that is in its second block: the first was charged, and an administrator may act. */
import { type SessionId } from '../../src/billing/ids.ts';
import { type Clinic, DOCTOR, openClinic, started } from './clinic.ts';

export interface ChargedSession {
  readonly clinic: Clinic;
  readonly session: SessionId;
  /** The entry of the first block's charge. */
  readonly charge: number;
}

export async function openChargedSession(): Promise<ChargedSession> {
  const clinic = await openClinic();
  await clinic.grant(1, 5);
  await clinic.book(1);
  const session = await started(clinic, 1);
  await clinic.at(3);
  await clinic.write(1, DOCTOR);
  await clinic.at(11);
  await clinic.settle(session);
  return { clinic, session, charge: await lastEntry(clinic) };
}

export async function lastEntry({ sql }: Clinic): Promise<number> {
  const { rows } = await sql.query<{ id: number }>('SELECT max(id)::integer AS id FROM ledger_entries');
  return rows[0]?.id ?? 0;
}

/** Who did what, oldest first. */
export async function actionsIn({ sql }: Clinic): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await sql.query<Record<string, unknown>>(
    `SELECT action, target_kind, target_id::integer, patient_id::integer, actor_id::integer, note, before, after, request_id
     FROM admin_actions ORDER BY id`,
  );
  return rows;
}
