import type { LedgerEntryId, SessionId } from '../../billing/ids.ts';
import type { ActionFilter, AdminAction } from '../../sessions/admin-actions.ts';
import { Prisma } from '../client.ts';
import { bigintArray, insertInto, reader } from '../columns.ts';
import { ACTION, NEW_ACTION } from '../rows.ts';
import { beginOf, endOf } from './period.ts';

/** One by itself. Nothing is unique among them but a person's view of a patient, which counts once an hour. */
export const insertAction = (action: AdminAction) =>
  Prisma.sql`${insertInto('admin_actions', [action], NEW_ACTION)} ON CONFLICT DO NOTHING`;

const action = reader(ACTION, 'a');
export const actionFrom = ({ action: row }: ActionRow) => action.parse(row);

export interface ActionRow {
  readonly action: readonly unknown[];
}

/**
 * One page, the newest first. Each combination of filters is a statement of its own, so that each has the plan that fits
 * it: all of a filter's actions lie beside each other in its index, in this order.
 */
export function findActions({ cursor, ...filter }: ActionFilter, limit: number): Prisma.Sql {
  // One bound at a side: of two PostgreSQL would begin at the first, and walk from there to the second.
  const conditions = [
    Prisma.sql`recorded_at >= ${beginOf(filter)}`,
    cursor === null || (filter.to !== null && filter.to <= cursor.recordedAt)
      ? Prisma.sql`recorded_at < ${endOf(filter)}`
      : Prisma.sql`(recorded_at, id) < (instant(${cursor.recordedAt}::bigint), ${cursor.id}::bigint)`,
  ];
  if (filter.actorId !== null) conditions.push(Prisma.sql`actor_id = ${filter.actorId}::bigint`);
  if (filter.patientId !== null) conditions.push(Prisma.sql`patient_id = ${filter.patientId}::bigint`);
  if (filter.action !== null) conditions.push(Prisma.sql`action = ${filter.action}::text`);
  return Prisma.sql`
  SELECT ${action.sql} AS action FROM (
    SELECT * FROM admin_actions WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY recorded_at DESC, id DESC
    LIMIT ${limit}::integer
  ) AS a
  ORDER BY recorded_at DESC, id DESC`;
}

/** What was done to a session and to its part of the ledger, the oldest first. */
export const findActionsOfSession = (id: SessionId, entries: readonly LedgerEntryId[]) => Prisma.sql`
  SELECT ${action.sql} AS action FROM (
    SELECT * FROM admin_actions WHERE target_kind = 'session' AND target_id = ${id}::bigint
    UNION ALL
    SELECT * FROM admin_actions WHERE target_kind = 'entry' AND target_id = ANY (${bigintArray(entries)})
  ) AS a
  ORDER BY recorded_at, id`;
