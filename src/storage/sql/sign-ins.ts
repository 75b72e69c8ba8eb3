import { Prisma } from '../client.ts';

export interface SignInRow {
  readonly user_id: number;
  readonly left_ms: number;
}

export interface OpenedRow {
  readonly is_open: boolean;
}

const hashed = (hash: string) => Prisma.sql`decode(${hash}::text, 'hex')`;

/** Stores a sign-in, and removes those that have ended: the table grows by nothing else. Safe to repeat. */
export const openSignIn = (idHash: string, userId: number, durationMs: number) => Prisma.sql`
  WITH clock AS MATERIALIZED (SELECT session_clock() AS now),
  ended AS (DELETE FROM sign_ins WHERE ends_at <= (SELECT now FROM clock)),
  opened AS (
    INSERT INTO sign_ins (id_hash, user_id, created_at, ends_at)
    SELECT ${hashed(idHash)}, ${userId}::bigint, now, now + ${durationMs}::float8 * interval '1 millisecond'
    FROM clock
    ON CONFLICT (id_hash) DO NOTHING
  )
  SELECT true AS is_open`;

/**
 * The same by a token that opens one. Of two at once the second waits for the first, and opens nothing. A repeat, after an
 * answer that was lost, finds its own sign-in. Used tokens are kept an hour longer than they are good: their issuer's
 * clock, the API's and this one may differ.
 */
export const openSignInOnce = (
  idHash: string,
  userId: number,
  durationMs: number,
  tokenHash: string,
  tokenEndsAtMs: number,
) => Prisma.sql`
  WITH clock AS MATERIALIZED (SELECT session_clock() AS now),
  ended AS (DELETE FROM sign_ins WHERE ends_at <= (SELECT now FROM clock)),
  forgotten AS (DELETE FROM used_tokens WHERE ends_at <= (SELECT now FROM clock) - interval '1 hour'),
  used AS (
    INSERT INTO used_tokens (token_hash, ends_at)
    VALUES (${hashed(tokenHash)}, to_timestamp(${tokenEndsAtMs}::float8 / 1000))
    ON CONFLICT (token_hash) DO NOTHING
    RETURNING token_hash
  ),
  opened AS (
    INSERT INTO sign_ins (id_hash, user_id, created_at, ends_at)
    SELECT ${hashed(idHash)}, ${userId}::bigint, now, now + ${durationMs}::float8 * interval '1 millisecond'
    FROM clock, used
    RETURNING id_hash
  )
  SELECT EXISTS (SELECT FROM opened) OR EXISTS (SELECT FROM sign_ins WHERE id_hash = ${hashed(idHash)}) AS is_open`;

/** No row: there is no such sign-in, or it has ended. */
export const findSignIn = (idHash: string) => Prisma.sql`
  SELECT user_id::float8 AS user_id, (epoch_ms(ends_at) - epoch_ms(now))::float8 AS left_ms
  FROM sign_ins, session_clock() AS now
  WHERE id_hash = ${hashed(idHash)} AND ends_at > now`;

export const endSignIn = (idHash: string) => Prisma.sql`
  DELETE FROM sign_ins WHERE id_hash = ${hashed(idHash)}`;
