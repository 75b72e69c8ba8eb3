import { Prisma } from '../client.ts';

export interface FoundRow {
  readonly patient: boolean;
  readonly session: boolean;
  readonly appointment: boolean;
  readonly grant: boolean;
  readonly entry: boolean;
  readonly doctor: boolean;
}

/** What has this number. A doctor is who has a session, or an appointment to come: of each there is an index. */
export const findNumber = (id: number) => Prisma.sql`
  SELECT EXISTS (SELECT FROM accounts WHERE patient_id = asked.id) AS patient,
    EXISTS (SELECT FROM text_appointment_sessions WHERE id = asked.id) AS session,
    EXISTS (SELECT FROM appointments WHERE id = asked.id) AS appointment,
    EXISTS (SELECT FROM grants WHERE id = asked.id) AS grant,
    EXISTS (SELECT FROM ledger_entries WHERE id = asked.id) AS entry,
    EXISTS (SELECT FROM text_appointment_sessions WHERE doctor_id = asked.id) OR EXISTS (
      SELECT FROM appointments
      WHERE doctor_id = asked.id AND type = 'text' AND status IN ('pending', 'confirmed') AND NOT has_session
    ) AS doctor
  FROM (SELECT ${id}::bigint AS id) AS asked`;
