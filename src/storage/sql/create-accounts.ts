import { Prisma } from '../client.ts';
import { bigintArray } from './bigint-array.ts';

/** Makes the accounts that are not there, in ascending order. A statement of its own, before any lock is taken. */
export const createAccounts = (patientIds: readonly number[]) => Prisma.sql`
  INSERT INTO accounts (patient_id)
  SELECT DISTINCT patient_id FROM unnest(${bigintArray(patientIds)}) AS wanted (patient_id) ORDER BY patient_id
  ON CONFLICT DO NOTHING`;
