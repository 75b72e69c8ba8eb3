import { Prisma } from '../client.ts';

export interface ActiveSessionRow {
  readonly session_id: number;
}

/**
 * One page of everybody's active sessions, the youngest first. `is_active` stands here as a word and not as a parameter:
 * only so is the index of active sessions of use, and they are few among all that ever were.
 */
export const findActiveSessions = (before: number | null, limit: number) => Prisma.sql`
  SELECT id::float8 AS session_id
  FROM text_appointment_sessions
  WHERE is_active AND id < ${before ?? Number.MAX_SAFE_INTEGER}::bigint
  ORDER BY id DESC
  LIMIT ${limit}::integer`;
