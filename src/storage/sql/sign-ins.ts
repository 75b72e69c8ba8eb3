import { Prisma } from '../client.ts';

export interface SignInRow {
  readonly user_id: number;
  readonly left_ms: number;
}

const hashed = (idHash: string) => Prisma.sql`decode(${idHash}::text, 'hex')`;

/** Signs somebody in, and removes the rows that have ended: they grow by nothing else. Safe to repeat. */
export const openSignIn = (idHash: string, userId: number, durationMs: number) => Prisma.sql`
  WITH clock AS MATERIALIZED (SELECT session_clock() AS now),
  ended AS (DELETE FROM sign_ins WHERE ends_at <= (SELECT now FROM clock))
  INSERT INTO sign_ins (id_hash, user_id, created_at, ends_at)
  SELECT ${hashed(idHash)}, ${userId}::bigint, now, now + ${durationMs}::float8 * interval '1 millisecond'
  FROM clock
  ON CONFLICT (id_hash) DO NOTHING`;

/** No row: nobody is signed in by it, or no more. */
export const findSignIn = (idHash: string) => Prisma.sql`
  SELECT user_id::float8 AS user_id, (epoch_ms(ends_at) - epoch_ms(now))::float8 AS left_ms
  FROM sign_ins, session_clock() AS now
  WHERE id_hash = ${hashed(idHash)} AND ends_at > now`;

export const endSignIn = (idHash: string) => Prisma.sql`
  DELETE FROM sign_ins WHERE id_hash = ${hashed(idHash)}`;
