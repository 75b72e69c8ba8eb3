import { Prisma } from '../client.ts';

/** Makes the accounts that are not there, in ascending order. A statement of its own, before any lock is taken. */
export const createAccounts = (patientIds: readonly number[]) => Prisma.sql`
  INSERT INTO accounts (patient_id)
  SELECT DISTINCT patient_id FROM unnest(${[...patientIds]}::bigint[]) AS wanted (patient_id) ORDER BY patient_id
  ON CONFLICT DO NOTHING`;
