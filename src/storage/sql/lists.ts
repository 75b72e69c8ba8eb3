import type { LedgerFilter, MessageRange } from '../../sessions/records.ts';
import { Prisma } from '../client.ts';
import { isWithin } from './period.ts';

export interface LedgerEndRow {
  readonly complete_to: number;
}

/**
 * The number up to which no entry can appear any more, because nobody is at writing one: a list that is followed by its
 * numbers ends there, for now. A statement of its own, before the one that reads: the function says why.
 */
export const findLedgerEnd = () => Prisma.sql`SELECT ledger_complete_to()::float8 AS complete_to`;

export interface DoctorEntryRow {
  readonly entry_id: number;
}

/**
 * One page of the entries that sessions of one doctor left, the oldest first. Only charges and refunds speak of a
 * session, and each has its index: so this takes a time that grows with the doctor's sessions, and not with the ledger.
 */
export const findEntriesOfDoctor = (
  doctorId: number,
  { cursor, ...period }: LedgerFilter,
  completeTo: number,
  limit: number,
) => Prisma.sql`
  SELECT e.id::float8 AS entry_id
  FROM text_appointment_sessions s CROSS JOIN LATERAL (
    SELECT id, effective_at FROM ledger_entries WHERE session_id = s.id AND kind = 'charge'
    UNION ALL SELECT id, effective_at FROM ledger_entries WHERE session_id = s.id AND kind = 'refund'
    OFFSET 0
  ) AS e
  WHERE s.doctor_id = ${doctorId}::bigint AND e.id > ${cursor ?? 0}::bigint AND e.id <= ${completeTo}::bigint
    AND ${isWithin(Prisma.sql`e.effective_at`, period)}
  ORDER BY e.id
  LIMIT ${limit}::integer`;

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

export interface MessagePageRow {
  /** Null where there is none. */
  readonly first_no: number | null;
  readonly last_no: number | null;
  readonly has_more: boolean;
}

/** Away from the number that is asked for. */
const SIDES = {
  after: { isOn: Prisma.raw('message_no >'), outwards: Prisma.raw('message_no') },
  before: { isOn: Prisma.raw('message_no <'), outwards: Prisma.raw('message_no DESC') },
};

/**
 * Where a page of messages begins and ends: it has `limit` of them, or ends with the one that reaches `bytes`. Two hundred
 * of the longest have 3 MB, which a reader who takes none of them would leave in our memory.
 */
export function findPageOfMessages(
  sessionId: number,
  { side, messageNo, limit }: MessageRange,
  bytes: number,
): Prisma.Sql {
  const { isOn, outwards } = SIDES[side];
  return Prisma.sql`
  SELECT min(message_no) FILTER (WHERE is_within) AS first_no, max(message_no) FILTER (WHERE is_within) AS last_no,
    coalesce(bool_or(NOT is_within), false) AS has_more
  FROM (
    SELECT message_no, row_number() OVER numbered <= ${limit}::integer
      AND sum(octet_length(text)) OVER numbered - octet_length(text) < ${bytes}::integer AS is_within
    FROM (
      SELECT message_no, text FROM messages
      WHERE session_id = ${sessionId}::bigint AND ${isOn} ${messageNo}::bigint
      ORDER BY ${outwards}
      LIMIT ${limit}::integer + 1
    ) AS next
    WINDOW numbered AS (ORDER BY ${outwards})
  ) AS page`;
}
