import type { MessageRange } from '../../sessions/records.ts';
import { Prisma } from '../client.ts';

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
 * of the longest have 3 MB, which a client that does not read would leave in our memory.
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
